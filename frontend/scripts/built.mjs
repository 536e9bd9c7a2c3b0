// What Vite has built, read back: which files each route of the site is made of.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{file: string, src?: string, imports?: string[], dynamicImports?: string[], css?: string[], isEntry?: boolean}} Chunk */

/**
 * Which node modules make up a route: read from the generated table of routes, which is there before anything is built.
 * @param {string} output SvelteKit's own folder of the build
 * @returns {Record<string, number[]>}
 */
export function nodesOfRoutes(output) {
  const app = readFileSync(join(output, 'generated/client-optimized/app.js'), 'utf8');
  const table = app.match(/export const dictionary = (\{[\s\S]*?\});/);
  return Object.fromEntries(
    [...(table?.[1] ?? '').matchAll(/"([^"]+)": \[~?(\d+)(?:,\[([\d,]*)\](?:,\[[\d,]*\])?)?\]/g)].map((m) => [
      m[1],
      ['0', '1', ...(m[3] ?? '').split(','), m[2]].filter(Boolean).map(Number),
    ]),
  );
}

/** @param {string} output SvelteKit's own folder of the build */
export function builtRoutes(output) {
  /** @type {Record<string, Chunk>} */
  const manifest = JSON.parse(readFileSync(join(output, 'output/client/.vite/manifest.json'), 'utf8'));
  const nodes = nodesOfRoutes(output);
  const nodeKey = (/** @type {number} */ n) =>
    Object.keys(manifest).find((k) => k.endsWith(`client-optimized/nodes/${n}.js`)) ?? '';
  const entries = Object.keys(manifest).filter((k) => manifest[k]?.isEntry && !/\/nodes\/\d+\.js$/.test(k));

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

  /** What must be there before the page stands, and what the page fetches by itself once it does. */
  function filesOf(/** @type {string} */ route) {
    /** @type {Set<string>} */
    const files = new Set();
    const seen = new Set();
    for (const entry of entries) gather(entry, files, seen);
    for (const node of nodes[route] ?? []) gather(nodeKey(node), files, seen);
    /** @type {Set<string>} */
    const later = new Set();
    // The entry's own table names every route and says nothing.
    for (const node of nodes[route] ?? []) {
      for (const key of manifest[nodeKey(node)]?.dynamicImports ?? []) gather(key, later, seen);
    }
    return { files: [...files], later: [...later].filter((file) => !files.has(file)) };
  }

  /** Files that need each other: the browser may run them in the wrong order, now and then. There must be none. */
  function circle() {
    /** @type {Map<string, 'open' | 'done'>} */
    const state = new Map();
    /** @type {(key: string, way: string[]) => string[] | undefined} */
    const look = (key, way) => {
      if (state.get(key) === 'done') return;
      if (state.get(key) === 'open') return [...way.slice(way.indexOf(key)), key];
      state.set(key, 'open');
      for (const next of manifest[key]?.imports ?? []) {
        /** @type {string[] | undefined} */
        const found = look(next, [...way, key]);
        if (found) return found;
      }
      state.set(key, 'done');
    };
    for (const key of Object.keys(manifest)) {
      const found = look(key, []);
      if (found) return found;
    }
  }

  return { circle, routes: Object.keys(nodes).sort(), filesOf };
}
