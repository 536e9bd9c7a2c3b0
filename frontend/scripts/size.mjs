// What a contestant's phone fetches before the first page stands: the page, its scripts and styles, brotli, fonts
// apart. The limit is 70 KB; over it this fails and lists the largest files.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const limit = 70 * 1000;
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

/** @type {Record<string, {file: string, src?: string, imports?: string[], dynamicImports?: string[], css?: string[], isEntry?: boolean}>} */
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const generated = join(output, 'generated/client-optimized');
const app = readFileSync(join(generated, 'app.js'), 'utf8');

/** Which node modules make up a route: read from the generated table of routes. */
const table = app.match(/export const dictionary = (\{[\s\S]*?\});/);
const routes = Object.fromEntries(
  [...(table?.[1] ?? '').matchAll(/"([^"]+)": \[~?(\d+)(?:,\[([\d,]*)\](?:,\[[\d,]*\])?)?\]/g)].map((m) => [
    m[1],
    [...(m[3] ?? '').split(','), m[2], '0', '1'].filter(Boolean).map(Number),
  ]),
);

/** @param {string} key @param {Set<string>} files @param {Set<string>} seen */
function gather(key, files, seen) {
  if (seen.has(key)) return;
  seen.add(key);
  const chunk = manifest[key];
  if (!chunk) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) gather(next, files, seen);
}

const nodeKey = (/** @type {number} */ n) =>
  Object.keys(manifest).find((k) => k.endsWith(`client-optimized/nodes/${n}.js`)) ?? '';
const entries = Object.keys(manifest).filter((k) => manifest[k]?.isEntry && !/\/nodes\/\d+\.js$/.test(k));
const brotli = (/** @type {string} */ file) => {
  const path = join(site, existsSync(join(site, `${file}.br`)) ? `${file}.br` : file);
  return statSync(path).size;
};

/** @param {string} route */
function weigh(route) {
  const files = new Set(['index.html']);
  const seen = new Set();
  for (const entry of entries) gather(entry, files, seen);
  for (const node of routes[route] ?? []) gather(nodeKey(node), files, seen);
  const list = [...files].map((file) => ({ file, bytes: brotli(file) })).sort((a, b) => b.bytes - a.bytes);
  // What the page itself fetches once it stands; the entry's own table names every route and says nothing.
  const later = new Set();
  for (const node of routes[route] ?? []) {
    for (const key of manifest[nodeKey(node)]?.dynamicImports ?? []) gather(key, later, seen);
  }
  return {
    total: list.reduce((sum, f) => sum + f.bytes, 0),
    later: [...later].filter((file) => !files.has(file)).reduce((sum, file) => sum + brotli(file), 0),
    list,
  };
}

const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;
let failed = false;
for (const route of Object.keys(routes).sort()) {
  const { total, later, list } = weigh(route);
  const limited = route.startsWith('/contestant');
  const over = limited && total > limit;
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
if (Object.keys(routes).length === 0) {
  console.error('No routes found in the generated table.');
  process.exit(2);
}
process.exit(failed ? 1 : 0);
