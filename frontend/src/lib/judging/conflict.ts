// What ties a judge to an entry, in words, and what follows from it for each seat of the panel.
import type { components } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import type { JudgingView, MarkedTurn, SeatView } from './types';

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

/** May this seat not mark this performance? */
export function barred(turn: MarkedTurn, seat: number): boolean {
  return turn.conflicts.some((c) => c.seat === seat && c.barred);
}

/** Is this performance not this seat's: who sits there came later, or had left? */
export function away(turn: MarkedTurn, seat: number): boolean {
  return turn.away.includes(seat);
}

/** Are this judge's sheets waited for: present, or absent where the rules wait for all of them? */
export function awaited(view: JudgingView, seat: SeatView): boolean {
  return !seat.absent || (view.rules.absent === 'wait' && !seat.left);
}

/** The seats whose sheets of a performance are asked for: those that are waited for and may mark it. */
export function expectedSeats(view: JudgingView, turn: MarkedTurn): SeatView[] {
  return view.panel.filter((s) => awaited(view, s) && !away(turn, s.seat) && !barred(turn, s.seat));
}

/** The seats whose sheet is still to come: nobody once the performance has all that its rule asks for. */
export function waitingSeats(view: JudgingView, turn: MarkedTurn): SeatView[] {
  if (turn.complete) return [];
  return expectedSeats(view, turn).filter(
    (s) => turn.sheets.find((x) => x.seat === s.seat)?.state !== 'locked',
  );
}
