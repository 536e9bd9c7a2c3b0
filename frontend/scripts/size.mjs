// What a contestant's phone fetches before the first page stands: the page, its scripts and styles, brotli, fonts
// apart. The limit is 70 KB for the page of entry, and a little more for those behind it, of which much is there by then
// (decision 0006); over it this fails and lists the largest files.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtRoutes } from './built.mjs';
import { pageOf } from './pages-ahead.mjs';

const limit = 70 * 1000;
const limitBehind = 75 * 1000;
const apart = process.env.HOITHI_BUILD;
const site = fileURLToPath(
  new URL(apart ? `../.svelte-kit/${apart}-site` : '../build/site', import.meta.url),
);
const output = fileURLToPath(new URL(apart ? `../.svelte-kit/${apart}` : '../.svelte-kit', import.meta.url));
const manifestPath = join(output, 'output/client/.vite/manifest.json');
if (!existsSync(manifestPath) || !existsSync(join(site, 'index.html'))) {
  console.error('Build first: npm run build');
  process.exit(2);
}

const { routes, filesOf } = builtRoutes(output);
const brotli = (/** @type {string} */ file) => {
  const path = join(site, existsSync(join(site, `${file}.br`)) ? `${file}.br` : file);
  return statSync(path).size;
};

/** @param {string} route */
function weigh(route) {
  const { files, later } = filesOf(route);
  // A page of the route's own carries its styles.
  const page = pageOf(route);
  const all = page ? [page, ...files.filter((file) => !file.endsWith('.css'))] : ['index.html', ...files];
  const list = all.map((file) => ({ file, bytes: brotli(file) })).sort((a, b) => b.bytes - a.bytes);
  return {
    total: list.reduce((sum, f) => sum + f.bytes, 0),
    later: later.reduce((sum, file) => sum + brotli(file), 0),
    list,
  };
}

const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;
let failed = false;
for (const route of routes) {
  const { total, later, list } = weigh(route);
  const limited = route.startsWith('/contestant');
  const over = limited && total > (route === '/contestant' ? limit : limitBehind);
  failed ||= over;
  console.log(
    `${over ? 'OVER ' : '     '}${kb(total).padStart(9)}  ${list.length} files  ${route}${later ? `, then ${kb(later)}` : ''}`,
  );
  if (over || process.argv.includes('--files')) {
    for (const f of list.slice(0, 12)) console.log(`        ${kb(f.bytes).padStart(9)}  ${f.file}`);
  }
}
const fonts = readdirSync(join(site, '_app/immutable/assets')).filter((f) => f.endsWith('.woff2'));
console.log(`${fonts.length} font files, fetched by letters`);
if (routes.length === 0) {
  console.error('No routes found in the generated table.');
  process.exit(2);
}
process.exit(failed ? 1 : 0);
