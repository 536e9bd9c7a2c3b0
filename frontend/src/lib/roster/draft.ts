// What someone types about an entry-to-be, and how it goes to the server. One shape for the public form and the
// organizer's.
import type { components } from '$lib/api';
import { getLocale } from '$lib/paraglide/runtime.js';

type Schemas = components['schemas'];
export type Kind = Schemas['RosterFormView']['kind'];
export type Member = Schemas['RosterMemberView'];
export type DraftBody = Schemas['RosterDraftView'];

/** In the choice of units: another one, typed by hand. 0: none. */
export const otherUnit = -1;

/** What is known of a person beside the name, as text in fields. */
export type PersonValues = {
  birth_date: string;
  sex: string;
  phone: string;
  email: string;
  citizen_number: string;
  position: string;
  own: Record<string, string>;
};
type Person = Partial<PersonValues> & { id?: number };
export type Field = Schemas['RosterField'];

/** Dates are typed as people write them. */
const written = (date = '') => date.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');

export const personValues = (p: Person = {}): PersonValues => ({
  birth_date: written(p.birth_date),
  sex: p.sex ?? '',
  phone: p.phone ?? '',
  email: p.email ?? '',
  citizen_number: p.citizen_number ?? '',
  position: p.position ?? '',
  own: Object.fromEntries(Object.entries(p.own ?? {}).map(([key, value]) => [key, written(value)])),
});

export const valueOf = (p: PersonValues, f: Field): string =>
  (f.standard ? p[f.key as Exclude<keyof PersonValues, 'own'>] : p.own[f.key]) ?? '';

export const label = (f: Pick<Field, 'vi' | 'en'>): string => (getLocale() === 'en' && f.en ? f.en : f.vi);

/** A value as people read it. */
export function shown(f: Field, value: string, words: { yes: string; no: string }): string {
  if (f.type === 'choice') {
    const choice = f.choices?.find((c) => c.key === value);
    return choice ? label(choice) : value;
  }
  if (f.type === 'yes_no') return value === 'yes' ? words.yes : value === 'no' ? words.no : value;
  return value;
}

export type DraftMember = Member & { key: number; id: number; person: PersonValues };
export type Draft = {
  name: string;
  division: number | null;
  unit: number | null;
  unitName: string;
  members: DraftMember[];
  phone: string;
  email: string;
  /** Of a person who enters alone. */
  person: PersonValues;
  personId: number;
};

let keys = 0;
export const newMember = (member: Partial<Member> & Person = {}): DraftMember => ({
  key: keys++,
  id: member.id ?? 0,
  name: member.name ?? '',
  role: member.role ?? 'member',
  person: personValues(member),
});

/** An empty draft; a team begins with as many lines as it needs people. */
export function emptyDraft(kind: Kind, divisions: { id: number }[], least = 0): Draft {
  const members =
    kind === 'team'
      ? Array.from({ length: Math.min(Math.max(least, 1), 12) }, (_, i) =>
          newMember({ role: i === 0 ? 'captain' : 'member' }),
        )
      : [];
  const only = divisions.length === 1 ? (divisions[0]?.id ?? null) : null;
  return {
    name: '',
    division: only,
    unit: null,
    unitName: '',
    members,
    phone: '',
    email: '',
    person: personValues(),
    personId: 0,
  };
}

/** A draft of what is there, to be changed. */
export function draftOf(there: DraftBody, kind: Kind): Draft {
  const members = there.members ?? [];
  const alone = kind === 'person' ? members[0] : undefined;
  return {
    name: there.name,
    division: there.division_id ?? null,
    unit: there.unit_id || (there.unit_name ? otherUnit : 0),
    unitName: there.unit_id ? '' : (there.unit_name ?? ''),
    members: kind === 'team' ? members.map(newMember) : [],
    phone: there.phone ?? '',
    email: there.email ?? '',
    person: personValues(alone),
    personId: alone?.id ?? 0,
  };
}

/** Empty member lines are left out, so that the server's "members[2]" is found again by `memberAt`. */
export function draftBody(draft: Draft, kind?: Kind): DraftBody {
  const alone = kind === 'person' && draft.name.trim();
  return {
    name: draft.name,
    division_id: draft.division ?? 0,
    unit_id: draft.unit && draft.unit > 0 ? draft.unit : 0,
    unit_name: draft.unit === otherUnit ? draft.unitName : '',
    members: alone
      ? [
          {
            id: draft.personId,
            name: draft.name.trim(),
            role: 'captain',
            ...draft.person,
            phone: draft.phone,
            email: draft.email,
          },
        ]
      : draft.members
          .filter((x) => x.name.trim())
          .map(({ id, name, role, person }) => ({ id, name: name.trim(), role, ...person })),
    phone: draft.phone,
    email: draft.email,
  };
}

/** A name typed in capitals only or in small letters only, as people write it; null: it is written with care. */
export function ordinaryName(name: string): string | null {
  const letters = name.match(/\p{L}/gu) ?? [];
  const all = letters.join('');
  if (letters.length < 2 || (all !== all.toLocaleUpperCase('vi') && all !== all.toLocaleLowerCase('vi')))
    return null;
  const small = name.toLocaleLowerCase('vi');
  const after = small.replace(
    /(^|[^\p{L}\p{M}\p{N}])(\p{L})/gu,
    (_, sign: string, letter: string) => sign + letter.toLocaleUpperCase('vi'),
  );
  return after === name ? null : after;
}

const order = { captain: 0, member: 1, reserve: 2 };

/** The place of a member in the server's list: without empty lines, the captain first, reserves last. */
export function memberAt(draft: Draft, key: number): number {
  const filled = draft.members.filter((x) => x.name.trim());
  const sorted = filled
    .map((member, index) => ({ member, index }))
    .sort((a, b) => order[a.member.role] - order[b.member.role] || a.index - b.index);
  return sorted.findIndex((x) => x.member.key === key);
}
