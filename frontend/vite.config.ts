import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import browserslist from 'browserslist';
import { browserslistToTargets } from 'lightningcss';
import { defineConfig } from 'vitest/config';
import { browserslistQuery, buildTargets } from './browsers.js';
import { paraglideOptions } from './paraglide.js';
import { inFewFiles } from './scripts/chunks.mjs';
import { onlyWoff2 } from './scripts/fonts.mjs';
import { organizerPages } from './scripts/pages.mjs';
import { chooseOnce } from './scripts/words.mjs';
import svelteConfig from './svelte.config.js';

export default defineConfig({
  plugins: [
    onlyWoff2(),
    paraglideVitePlugin(paraglideOptions),
    chooseOnce(),
    sveltekit(),
    inFewFiles(svelteConfig.kit?.outDir ?? '.svelte-kit'),
  ],
  define: {
    __ORGANIZER_PAGES__: JSON.stringify(organizerPages()),
    __STYLEGUIDE__: JSON.stringify(
      process.env.HOITHI_STYLEGUIDE === '1' || process.env.NODE_ENV === 'development',
    ),
  },
  css: {
    transformer: 'lightningcss',
    lightningcss: { targets: browserslistToTargets(browserslist(browserslistQuery)) },
  },
  build: {
    target: buildTargets,
    cssTarget: buildTargets,
    cssMinify: 'lightningcss',
    // A typeface inside a style would be a data: address, which the page's security policy refuses.
    assetsInlineLimit: (file) => (file.endsWith('.woff2') ? false : undefined),
  },
  server: {
    proxy: {
      '/api': { target: process.env.HOITHI_DEV_SERVER ?? 'http://127.0.0.1:8080', ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
