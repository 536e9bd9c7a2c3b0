// The rules' form: what it holds, and how two people's changes come together without losing what was typed.
import type { components } from '$lib/api';
import type { Contest } from './words';

export type Draft = {
  name: string;
  organizer_name: string;
  venue: string;
  rules: string;
  entry_kind: 'person' | 'team';
  team_min: number;
  team_max: number;
  registration_opens_at: string | null;
  registration_closes_at: string | null;
  starts_at: string | null;
  tie_breakers: string[];
  unlisted: boolean;
  divisions: Division[];
};
export type Division = Pick<components['schemas']['ContestDivision'], 'id' | 'name'>;
export type Field = keyof Draft;

export const draftOf = (c: Contest): Draft => ({
  name: c.name,
  organizer_name: c.organizer_name,
  venue: c.venue,
  rules: c.rules,
  entry_kind: c.entry_kind,
  team_min: c.team_min,
  team_max: c.team_max,
  registration_opens_at: c.registration_opens_at ?? null,
  registration_closes_at: c.registration_closes_at ?? null,
  starts_at: c.starts_at ?? null,
  tie_breakers: [...c.tie_breakers],
  unlisted: c.unlisted,
  divisions: c.divisions.map(({ id, name }) => ({ id, name })),
});

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Which fields differ. */
export const changed = (a: Draft, b: Draft): Field[] =>
  (Object.keys(a) as Field[]).filter((field) => !same(a[field], b[field]));

/**
 * Mine, made from `base`, upon theirs: where I changed nothing, theirs is taken; where both changed, mine stays and the
 * field is named.
 */
export function merge(base: Draft, mine: Draft, theirs: Draft): { draft: Draft; both: Field[] } {
  const draft = { ...theirs };
  const both: Field[] = [];
  for (const field of changed(base, mine)) {
    Object.assign(draft, { [field]: mine[field] });
    if (!same(base[field], theirs[field]) && !same(mine[field], theirs[field])) both.push(field);
  }
  return { draft, both };
}
