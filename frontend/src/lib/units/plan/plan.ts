import type { components } from '$lib/api';
import { searchKey } from '$lib/roster/search';

export type Plan = components['schemas']['RosterPlanView'];
export type PlanUnit = components['schemas']['RosterPlanUnitView'];
export type PlanChange = components['schemas']['RosterPlanChangeView'];

export type Sums = { units: number; target: number; entries: number; headcount: number; without: number };

export function sums(units: PlanUnit[]): Sums {
  const all: Sums = { units: 0, target: 0, entries: 0, headcount: 0, without: 0 };
  for (const u of units) {
    all.units += 1;
    all.target += Math.max(0, u.target);
    all.entries += u.entries;
    all.headcount += Math.max(0, u.headcount);
    if (u.entries === 0) all.without += 1;
  }
  return all;
}

export type Which = 'all' | 'none' | 'short' | 'done' | 'uninvited';

/** `block`: -1 all, 0 those in none. */
export function filtered(units: PlanUnit[], words: string, block: number, which: Which): PlanUnit[] {
  const key = searchKey(words);
  return units.filter(
    (u) =>
      (block < 0 || u.block_id === block) &&
      (!key || searchKey(`${u.name} ${u.short_name} ${u.parent_name} ${u.code}`).includes(key)) &&
      (which === 'all' ||
        (which === 'none' && u.invited && u.entries === 0) ||
        (which === 'short' && u.target > u.entries) ||
        (which === 'done' && u.target >= 0 && u.entries >= u.target) ||
        (which === 'uninvited' && !u.invited)),
  );
}

/** A change that leaves all as it is, to be filled in. */
export const untouched = (unit: number): PlanChange => ({
  unit_id: unit,
  block_id: -1,
  target: -2,
  headcount: -2,
});
