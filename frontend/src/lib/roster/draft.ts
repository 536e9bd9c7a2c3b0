// What someone types about an entry-to-be, and how it goes to the server. One shape for the public form and the
// organizer's.
import type { components } from '$lib/api';

type Schemas = components['schemas'];
export type Kind = Schemas['RosterFormView']['kind'];
export type Member = Schemas['RosterMemberView'];
export type DraftBody = Schemas['RosterDraftView'];

/** In the choice of units: another one, typed by hand. 0: none. */
export const otherUnit = -1;

export type DraftMember = Member & { key: number };
export type Draft = {
  name: string;
  division: number | null;
  unit: number | null;
  unitName: string;
  members: DraftMember[];
  phone: string;
  email: string;
};

let keys = 0;
export const newMember = (member: Partial<Member> = {}): DraftMember => ({
  key: keys++,
  name: member.name ?? '',
  role: member.role ?? 'member',
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
  return { name: '', division: only, unit: null, unitName: '', members, phone: '', email: '' };
}

/** A draft of an entry that is there, to be changed. */
export function draftOf(entry: Schemas['RosterEntryView'], kind: Kind): Draft {
  return {
    name: entry.name,
    division: entry.division_id,
    unit: entry.unit_id,
    unitName: '',
    members: kind === 'team' ? entry.members.map(newMember) : [],
    phone: entry.phone,
    email: entry.email,
  };
}

/** Empty member lines are left out, so that the server's "members[2]" is found again by `memberAt`. */
export function draftBody(draft: Draft): DraftBody {
  return {
    name: draft.name,
    division_id: draft.division ?? 0,
    unit_id: draft.unit && draft.unit > 0 ? draft.unit : 0,
    unit_name: draft.unit === otherUnit ? draft.unitName : '',
    members: draft.members
      .filter((x) => x.name.trim())
      .map(({ name, role }) => ({ name: name.trim(), role })),
    phone: draft.phone,
    email: draft.email,
  };
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
