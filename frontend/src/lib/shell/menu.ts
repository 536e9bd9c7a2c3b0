// The organizer's menu of one contest, in the order of the work. An entry appears when its page exists, so that
// nothing unfinished is ever offered: make routes/organizer/contests/[contest]/<segment>/+page.svelte, and it is there.
import { m } from '$lib/paraglide/messages.js';
import type { NavEntry } from '$lib/ui/SideNav.svelte';

/** Segments of the address; "" is the contest's first page. */
export const menuOrder = [
  ['', m.menu_overview],
  ['settings', m.menu_rules],
  ['units', m.menu_units],
  ['leaders', m.leader_menu],
  ['entries', m.menu_entries],
  ['progress', m.leader_menu_progress],
  ['people', m.menu_people],
  ['bank', m.menu_bank],
  ['rounds', m.menu_rounds],
  ['plan', m.plan_menu],
  ['judging', m.menu_judging],
  ['console', m.menu_console],
  ['results', m.menu_results],
  ['ceremony', m.ceremony_menu],
  ['awards', m.menu_awards],
  ['reports', m.menu_reports],
  ['privacy', m.privacy_org_title],
  ['audit', m.menu_audit],
] as const;

/** What hosts and secretaries may open; organizers may open all. */
export const staffPages: readonly string[] = ['', 'judging', 'console'];

/** What hosts may open besides: the result is told by the host's key. */
export const hostPages: readonly string[] = ['ceremony'];

/** What supervisors may open: they watch, and read the marks once they are closed. */
export const supervisorPages: readonly string[] = ['', 'judging'];

/** What authors and reviewers of questions may open. */
export const bankPages: readonly string[] = ['', 'bank'];

export type Segment = (typeof menuOrder)[number][0];

export function contestMenu(
  contest: number,
  counts: Partial<Record<Segment, number>> = {},
  pages: readonly string[] = __ORGANIZER_PAGES__,
  allowed: readonly string[] = pages,
): NavEntry[] {
  const base = `/organizer/contests/${contest}`;
  return menuOrder
    .filter(([segment]) => pages.includes(segment) && allowed.includes(segment))
    .map(([segment, label]) => ({
      href: segment ? `${base}/${segment}` : base,
      label: label(),
      count: counts[segment],
      exact: segment === '',
    }));
}
