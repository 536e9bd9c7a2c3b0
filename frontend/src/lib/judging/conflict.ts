// What ties a judge to an entry, in words, and what follows from it for each seat of the panel.
import type { components } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import type { JudgingView } from './types';

export type Conflict = components['schemas']['JudgingConflictView'];

export function whyTied(why: Conflict['why']): string {
  switch (why) {
    case 'own_unit':
      return m.panel_why_own();
    case 'unit_above':
      return m.panel_why_above();
    case 'unit_below':
      return m.panel_why_below();
    case 'declared':
      return m.panel_why_declared();
  }
}

/** The entries that a seat is tied to, each with the reason: ["UBND tỉnh (cùng đơn vị)"]. */
export function tiedTo(view: JudgingView, seat: number): string[] {
  return view.performances.flatMap((p) =>
    p.conflicts
      .filter((c) => c.seat === seat)
      .map((c) => (view.blind.hidden ? p.entry_name : `${p.entry_name} (${whyTied(c.why)})`)),
  );
}
