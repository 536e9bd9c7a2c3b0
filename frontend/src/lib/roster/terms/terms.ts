// The registration rules of a contest as their editor holds them.
import type { components } from '$lib/api';

type Schemas = components['schemas'];
export type Terms = Schemas['RosterTerms'];
export type Field = Schemas['RosterField'];
export type BarredPerson = Schemas['RosterBarredPerson'];

const written = (date = '') => date.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');

/** A copy to be changed; dates as people write them. */
export function copyOf(t: Terms): Terms {
  const { version, fields, quotas, eligibility, waiting_list, move_up } = structuredClone(t);
  eligibility.age_on = written(eligibility.age_on);
  for (const b of [...eligibility.barred, ...eligibility.winners]) b.birth_date = written(b.birth_date);
  for (const f of fields)
    if (f.type === 'date') {
      f.min = written(f.min);
      f.max = written(f.max);
    }
  return { version, fields, quotas, eligibility, waiting_list, move_up };
}

/** The row of a division's own rules or numbers, made when it is first needed. */
export function rowOf<T extends { division_id: number }>(rows: T[], id: number, empty: () => T): T {
  let row = rows.find((r) => r.division_id === id);
  if (!row) {
    rows.push(empty());
    row = rows[rows.length - 1] as T;
  }
  return row;
}

export const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
