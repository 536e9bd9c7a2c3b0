// The menu outside of any contest: what this account may open there.
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session';
import type { NavEntry } from '$lib/ui/SideNav.svelte';

export function homeMenu(): NavEntry[] {
  const account = session.account;
  const has = (role: string) => account?.grants.some((g) => g.roles.some((r) => r === role)) ?? false;
  const admin = account?.admin ?? false;
  return [
    { href: '/organizer/contests', label: m.menu_contests() },
    ...(admin || has('organizer') ? [{ href: '/organizer/units', label: m.menu_units() }] : []),
    ...(admin ? [{ href: '/organizer/audit', label: m.unit_system_audit() }] : []),
    ...(has('judge') ? [{ href: '/judge', label: m.menu_judging() }] : []),
    ...(has('leader') ? [{ href: '/leader', label: m.leader_contests() }] : []),
  ];
}
