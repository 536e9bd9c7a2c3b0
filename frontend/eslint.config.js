import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['build/', '.svelte-kit/', 'node_modules/', 'src/lib/paraglide/', 'src/lib/api/schema.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // TypeScript knows the names; the rule only repeats it, wrongly for globals of type files.
      'no-undef': 'off',
      // Addresses are plain paths: the site is always served from the root by the product itself.
      'svelte/no-navigation-without-resolve': 'off',
      // In lib/live the maps are bookkeeping that nothing draws; what is drawn is $state beside them.
      'svelte/prefer-svelte-reactivity': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The CSP forbids style="…": use a class or style:property={…}.',
        },
      ],
    },
  },
  // Written into pages as it stands: typed words would travel with each.
  { files: ['src/early.js'], rules: { '@typescript-eslint/ban-ts-comment': 'off' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        // Without types: they made the run four times as long, and svelte-check has looked at them.
        extraFileExtensions: ['.svelte'],
        parser: ts.parser,
        svelteConfig,
      },
    },
  },
);
