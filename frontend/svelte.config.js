import adapter from '@sveltejs/adapter-static';
import { writePagesAhead } from './scripts/pages-ahead.mjs';

// The style guide is built apart (npm run build:styleguide), so that nothing of it can reach the product. Any other
// HOITHI_BUILD=name makes a private build beside the real one, which disturbs nobody who builds at the same time.
const apart = process.env.HOITHI_STYLEGUIDE === '1' ? 'styleguide' : process.env.HOITHI_BUILD;
const site = apart ? `.svelte-kit/${apart}-site` : 'build/site';

const outDir = apart ? `.svelte-kit/${apart}` : '.svelte-kit';

/** Once the site is written, the routes that phones open get pages of their own. */
function pagesAhead(/** @type {import('@sveltejs/kit').Adapter} */ inner) {
  return {
    ...inner,
    /** @param {import('@sveltejs/kit').Builder} builder */
    async adapt(builder) {
      await inner.adapt(builder);
      writePagesAhead(outDir, site);
    },
  };
}

/** @type {import('@sveltejs/kit').Config} */
export default {
  compilerOptions: { runes: true },
  kit: {
    outDir,
    adapter: pagesAhead(
      adapter({ pages: site, assets: site, fallback: 'index.html', precompress: apart !== 'styleguide' }),
    ),
    // Go serves one page for every route; absolute asset paths keep deep links working.
    paths: { relative: false },
    version: { pollInterval: 0 },
    output: { bundleStrategy: 'split' },
  },
};
