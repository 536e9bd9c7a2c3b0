// Which parts of a contest have a page: the organizer's menu shows these and no others.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src/routes/organizer/contests/[contest]', import.meta.url));

/** @returns {string[]} */
export function organizerPages() {
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const segments = ['', ...folders.map((entry) => entry.name)];
  // "+page@.svelte" is a page with a layout of its own: the console.
  return segments.filter((segment) =>
    ['+page.svelte', '+page@.svelte'].some((file) => existsSync(`${root}/${segment}/${file}`)),
  );
}
