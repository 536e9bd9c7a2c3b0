// What was done to the tree of units, in words: for its own list and for the system's record.
import type { components } from '$lib/api';
import type { Act as Recorded } from '$lib/contest/acts';
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import { dayText } from './days';

export type TreeAct = components['schemas']['UnitActView'];
type Told = { kind: string; names: string[]; leads_to: string[]; units: number };

function actText({ kind, names, leads_to, units }: Told): string {
  const rest = units - names.length;
  const quoted = names.map((name) => `“${name}”`).join(', ');
  // Records from before acts named their units only know how many there were.
  const who = !quoted
    ? m.unit_audit_units({ count: integer(Math.max(units, 1)) })
    : rest > 0
      ? `${quoted} ${m.unit_act_words_more({ count: integer(rest) })}`
      : quoted;
  const to = leads_to.map((name) => (name ? `“${name}”` : m.unit_top())).join(', ') || '…';
  switch (kind) {
    case 'found':
      return m.unit_act_words_found({ names: who, to });
    case 'rename':
      return m.unit_act_words_rename({ names: who, to });
    case 'move':
      return m.unit_act_words_move({ names: who, to });
    case 'merge':
      return m.unit_act_words_merge({ names: who, to });
    case 'split':
      return m.unit_act_words_split({ names: who, to });
    case 'dissolve':
      return m.unit_act_words_dissolve({ names: who });
    case 'import':
      return m.unit_act_words_import({ count: integer(units) });
  }
  return m.unit_act_words_correct({ names: who });
}

/** Only an import touches units that it does not name; the children that an act takes along are not told here. */
export const treeActText = (act: TreeAct) =>
  actText({ ...act, units: act.kind === 'import' ? act.changed : act.names.length });

const list = (value: unknown) =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
const size = (value: unknown) => (Array.isArray(value) ? value.length : Number(value ?? 0) || 0);

/** A line of the system's record. What is not known here is shown by its name, never left out. */
export function systemWords(act: Recorded): string {
  const p = (act.payload && typeof act.payload === 'object' ? act.payload : {}) as Record<string, unknown>;
  const told = { names: list(p.names), leads_to: list(p.leads_to) };
  const kind = act.action.replace('unit.', '');
  const day = dayText(String(p.day ?? ''));
  switch (act.action) {
    case 'unit.found':
    case 'unit.rename':
    case 'unit.move':
    case 'unit.merge':
    case 'unit.split':
    case 'unit.dissolve':
      return `${actText({ ...told, kind, units: Math.max(size(p.units), told.names.length) })} · ${m.unit_acts_day({ day })}`;
    case 'unit.correct':
      return actText({ ...told, names: told.names.length > 0 ? told.names : list([p.name]), kind, units: 1 });
    case 'unit.import':
      return actText({ ...told, kind, units: size(p.units) || size(p.new) + size(p.changed) });
    case 'unit.undo':
      return m.unit_audit_undo({
        act: actText({
          ...told,
          kind: String(p.kind ?? ''),
          units: p.kind === 'import' ? size(p.changed) : told.names.length,
        }),
      });
    case 'unit.count':
      return m.unit_audit_count({ day });
    case 'unit.drop_count':
      return m.unit_audit_drop_count({ day });
    case 'account.password':
      return m.unit_audit_password({ name: String(p.name ?? '') });
  }
  return m.contest_audit_act_other({ action: act.action });
}
