import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// The style guide is built apart (npm run build:styleguide), so that nothing of it can reach the product.
const styleguide = process.env.HOITHI_STYLEGUIDE === '1';
const out = styleguide ? '.svelte-kit/styleguide-site' : 'build/site';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    adapter: adapter({ pages: out, assets: out, fallback: 'index.html', precompress: !styleguide }),
    // Go serves one page for every route; absolute asset paths keep deep links working.
    paths: { relative: false },
    version: { pollInterval: 0 },
    output: { bundleStrategy: 'split' },
  },
};
