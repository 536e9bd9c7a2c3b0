import { describe, expect, it } from 'vitest';
import { organizerPages } from '../../../scripts/pages.mjs';
import { contestMenu, hostPages, menuOrder, staffPages } from './menu';

describe("the organizer's menu", () => {
  it('offers only pages that exist, in the order of the work', () => {
    const menu = contestMenu(7, { units: 166 }, ['audit', 'units', '']);
    expect(menu.map((e) => e.href)).toEqual([
      '/organizer/contests/7',
      '/organizer/contests/7/units',
      '/organizer/contests/7/audit',
    ]);
    expect(menu[1]!.count).toBe(166);
  });

  it('offers hosts and secretaries only what they may open', () => {
    const menu = contestMenu(7, {}, ['', 'settings', 'judging', 'console', 'audit'], staffPages);
    expect(menu.map((e) => e.href.split('/')[4] ?? '')).toEqual(['', 'judging', 'console']);
    // The result is told by the host's key: a secretary is not offered it.
    const ceremony = (allowed: readonly string[]) => contestMenu(7, {}, ['ceremony'], allowed).length;
    expect([ceremony(staffPages), ceremony(hostPages)]).toEqual([0, 1]);
  });

  it('knows the real pages by their addresses', () => {
    const known = new Set<string>(menuOrder.map(([segment]) => segment));
    const reached = organizerPages().filter((page) => known.has(page));
    expect(contestMenu(7).map((e) => e.href)).toHaveLength(reached.length);
  });
});
