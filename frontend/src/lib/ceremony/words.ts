// A ceremony in words and pictures: which picture a step is, and how its parts are named.
import type { components } from '$lib/api/schema.gen';
import { points } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';

type Schemas = components['schemas'];
export type CeremonyView = Schemas['CeremonyView'];
export type CeremonyDesk = Schemas['CeremonyDeskView'];
export type CeremonyRow = Schemas['CeremonyRow'];
export type CeremonySettings = Schemas['CeremonySettings'];
export type Scene = Schemas['CeremonyScene'];
export type DeskStep = Schemas['CeremonyDeskStep'];

/** What stays on the wall while its parts are told one by one has one key. */
export function sceneKey(scene: Scene | undefined): string {
  if (!scene) return 'nothing';
  switch (scene.kind) {
    case 'place':
    case 'name':
    case 'marks':
    case 'strike':
    case 'points':
    case 'row':
      return `place ${scene.division} ${scene.place}`;
    case 'prize':
    case 'prize_name':
      return `prize ${scene.award}`;
    case 'unit':
    case 'unit_name':
      return `unit ${scene.award}`;
    case 'rest':
      return `rest ${scene.division} ${scene.rows?.[0]?.place}`;
    default:
      return `${scene.kind} ${scene.division ?? ''} ${scene.award ?? ''}`;
  }
}

/** Points, or how many entries a unit had. */
export const worth = (row: CeremonyRow) =>
  row.total !== undefined
    ? points(row.total, 2)
    : row.entries
      ? m.ceremony_unit_entries({ count: row.entries })
      : '';

/** A line of the list of steps. */
export function stepWords(step: DeskStep): string {
  const who = (step.names ?? []).join(', ');
  switch (step.kind) {
    case 'opening':
      return m.ceremony_step_opening();
    case 'prize':
    case 'unit':
    case 'award':
      return step.withheld && !step.names
        ? m.ceremony_step_award_withheld({ award: step.award ?? '', count: step.withheld })
        : m.ceremony_step_award({ award: step.award ?? '' });
    case 'prize_name':
    case 'unit_name':
      return m.ceremony_step_receiver({ name: who });
    case 'division':
      return step.division ?? '';
    case 'rest':
      return m.ceremony_step_rest({ names: who });
    case 'cut':
      return m.ceremony_step_cut({ label: step.note ?? '' });
    case 'place':
      return m.ceremony_step_place({ place: step.place ?? 0 });
    case 'name':
      return m.ceremony_step_name({ name: who });
    case 'marks':
      return m.ceremony_step_marks();
    case 'strike':
      return m.ceremony_step_strike();
    case 'points':
      return m.ceremony_step_points({ name: who });
    case 'row':
      return m.ceremony_step_row({ place: step.place ?? 0, name: who });
    case 'summary':
      return m.ceremony_step_summary({ division: step.division ?? '' });
    case 'seal':
      return m.ceremony_step_seal();
    default:
      return m.ceremony_step_closing();
  }
}
