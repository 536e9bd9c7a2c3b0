// Writes a page of its own for each route that phones open. The one page of the site names only what all routes share;
// a phone would learn the rest file by file, and on a slow network every step costs most of a second. A route's own page
// names all its scripts at once, carries its styles, and (contestants) asks the server the first questions while the
// scripts are on their way. Go serves it for the route's paths (server/web/static.go); what it says is the same.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { builtRoutes } from './built.mjs';

const early = fileURLToPath(new URL('../src/early.js', import.meta.url));

/** Routes with a page of their own; an organizer's laptop does without. */
export const onPhones = /^\/(contestant|judge|audience|sign-in|link)(\/|$)/;

/** The path of a route's page in the site; groups in brackets are in no address. */
export const pageOf = (/** @type {string} */ route) =>
  onPhones.test(route) ? `_pages${route.replaceAll(/\/\([^/]+\)/g, '')}.html` : undefined;

/** @param {string} output SvelteKit's folder @param {string} site the built site */
export function writePagesAhead(output, site) {
  const { routes, filesOf, circle } = builtRoutes(output);
  const found = circle();
  if (found) throw new Error(`Files that need each other (scripts/chunks.mjs): ${found.join(' > ')}`);
  const index = readFileSync(join(site, 'index.html'), 'utf8');
  const links = /[ \t]*<link href="\/_app\/[^"]+" rel="(?:modulepreload|stylesheet)">\n?/g;
  if (!links.test(index) || !index.includes('</head>'))
    throw new Error('SvelteKit writes its page in another way');
  for (const route of routes) {
    const name = pageOf(route);
    if (!name) continue;
    const { files } = filesOf(route);
    const scripts = files.filter((file) => file.endsWith('.js'));
    const styles = files.filter((file) => file.endsWith('.css'));
    const css = styles.map((file) => readFileSync(join(site, file), 'utf8').trim()).join('\n');
    if (/<\/style|<\/script/i.test(css)) throw new Error(`${route}: a style would end its own element`);
    const head = [
      ...(route.startsWith('/contestant') ? [`<script>${readFileSync(early, 'utf8')}</script>`] : []),
      ...scripts.map((file) => `<link href="/${file}" rel="modulepreload">`),
      `<style>${css}</style>`,
      // Named so that nobody fetches them again; "disabled" keeps the browser from fetching them at all.
      ...styles.map((file) => `<link href="/${file}" rel="stylesheet" disabled>`),
    ];
    const page = Buffer.from(
      index.replace(links, '').replace('</head>', () => `${head.join('\n')}\n</head>`),
    );
    const to = join(site, name);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, page);
    writeFileSync(
      `${to}.br`,
      brotliCompressSync(page, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: page.length },
      }),
    );
    writeFileSync(`${to}.gz`, gzipSync(page, { level: 9 }));
  }
}
