// What is agreed to at registration: a box a purpose, and for each child the consent of a parent or guardian.
import type { components } from '$lib/api/schema.gen';

type Schemas = components['schemas'];
export type Purpose = Schemas['RosterPurposeView'];
export type Guardian = Schemas['RosterGuardianView'];

/** Someone who registers, as far as ages are concerned. Places count from 1, as the server's. */
export type Person = { name: string; birth_date?: string };

/** The parts of 2006-01-31, or of 31/1/2006 as people type it; null: not a day. */
function parts(day: string): [number, number, number] | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(day.trim());
  if (iso) return [Number(iso[1]), Number(iso[2]), Number(iso[3])];
  const typed = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(day.trim());
  return typed ? [Number(typed[3]), Number(typed[2]), Number(typed[1])] : null;
}

/** How many birthdays someone has had by a day; null: not known. */
export function ageAt(born: string | undefined, day: string): number | null {
  const b = born ? parts(born) : null;
  const d = parts(day);
  if (!b || !d) return null;
  const before = d[1] < b[1] || (d[1] === b[1] && d[2] < b[2]);
  return d[0] - b[0] - (before ? 1 : 0);
}

/** Places of those who need a parent's consent. */
export function minors(people: Person[], adultAge: number, today: string): number[] {
  return people.flatMap((person, index) => {
    const age = ageAt(person.birth_date, today);
    return age !== null && age < adultAge ? [index + 1] : [];
  });
}

const order = { captain: 0, member: 1, reserve: 2 };

/** People as the server keeps them: the captain first, reserves last. */
export const inOrder = <P extends { role: keyof typeof order }>(people: P[]): P[] =>
  people
    .map((person, index) => ({ person, index }))
    .sort((a, b) => order[a.person.role] - order[b.person.role] || a.index - b.index)
    .map((x) => x.person);
