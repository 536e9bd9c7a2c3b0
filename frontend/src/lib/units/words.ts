import type { components } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';

export type Node = components['schemas']['UnitNodeView'];
export type Hit = components['schemas']['UnitHitView'];
export type Whole = components['schemas']['UnitView'];
export type Change = components['schemas']['UnitChangeView'];
export type Effect = components['schemas']['UnitEffectView'];
export type UnitEvent = components['schemas']['UnitEventView'];
export type Kind = Node['kind'];

export const kinds: Kind[] = [
  'province',
  'district',
  'commune',
  'agency',
  'enterprise',
  'force',
  'school',
  'other',
];

export function kindText(kind: string): string {
  switch (kind) {
    case 'province':
      return m.unit_kind_province();
    case 'district':
      return m.unit_kind_district();
    case 'commune':
      return m.unit_kind_commune();
    case 'agency':
      return m.unit_kind_agency();
    case 'enterprise':
      return m.unit_kind_enterprise();
    case 'force':
      return m.unit_kind_force();
    case 'school':
      return m.unit_kind_school();
  }
  return m.unit_kind_other();
}

export const kindOptions = () => kinds.map((value) => ({ value, label: kindText(value) }));

/** What happened, without the names of the others, which are drawn as links behind it. */
export function eventTitle(event: UnitEvent): string {
  switch (event.kind) {
    case 'founded':
      return m.unit_event_founded({ name: event.after });
    case 'renamed':
      return m.unit_event_renamed({ before: event.before, after: event.after });
    case 'kind':
      return m.unit_event_kind({ before: kindText(event.before), after: kindText(event.after) });
    case 'moved':
      return m.unit_event_moved({ before: event.before || m.unit_top(), after: event.after || m.unit_top() });
    case 'received':
      return m.unit_event_received();
    case 'formed':
      return m.unit_event_formed();
    case 'separated':
      return m.unit_event_separated();
    case 'merged':
      return m.unit_event_merged();
    case 'split':
      return m.unit_event_split();
    case 'revived':
      return m.unit_event_revived({ name: event.after });
  }
  return m.unit_event_dissolved();
}

/** What a change does to one unit, in a sentence. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'founded':
      return m.unit_effect_founded({ parent: effect.after || m.unit_top() });
    case 'renamed':
      return m.unit_effect_renamed({ after: effect.after });
    case 'kind':
      return m.unit_effect_kind({ after: kindText(effect.after) });
    case 'moved':
      return m.unit_effect_moved({
        before: effect.before || m.unit_top(),
        after: effect.after || m.unit_top(),
      });
    case 'removed':
      return m.unit_effect_removed();
    case 'revived':
      return m.unit_effect_revived({ parent: effect.after || m.unit_top() });
    case 'record':
      return m.unit_effect_record();
  }
  return effect.after ? m.unit_effect_merged({ after: effect.after }) : m.unit_effect_dissolved();
}
