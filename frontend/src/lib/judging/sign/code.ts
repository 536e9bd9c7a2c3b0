// What the code on a paper sheet leads to: it names a performance and a judge's seat.
import { awaited, away } from '../conflict';
import type { JudgingView, MarkedTurn, RequestView, SeatView } from '../types';

export type Scanned =
  | { kind: 'elsewhere' }
  | { kind: 'shut' }
  | { kind: 'planned'; turn: MarkedTurn }
  | { kind: 'absent' | 'away' | 'locked' | 'own' | 'type'; turn: MarkedTurn; seat: SeatView }
  | { kind: 'again'; turn: MarkedTurn; seat: SeatView; request: RequestView };

/** What can be done with the sheet in hand, by whom it is held. */
export function scanned(
  view: JudgingView,
  performance: number,
  seatNumber: number,
  account: number,
): Scanned {
  const turn = view.performances.find((p) => p.id === performance && !p.calibration);
  const seat = view.panel.find((s) => s.seat === seatNumber);
  if (!turn || !seat) return { kind: 'elsewhere' };
  if (view.signing.state !== 'open') return { kind: 'shut' };
  if (away(turn, seat.seat)) return { kind: 'away', turn, seat };
  if (turn.state === 'planned') return { kind: 'planned', turn };
  if (turn.sheets.some((s) => s.seat === seat.seat && s.state === 'locked'))
    return { kind: 'locked', turn, seat };
  if (!awaited(view, seat)) return { kind: 'absent', turn, seat };
  const request = view.signing.requests.find(
    (r) => r.state === 'asked' && r.kind === 'paper' && r.performance_id === turn.id && r.seat === seat.seat,
  );
  if (!request) return { kind: 'type', turn, seat };
  return request.asked_by === account ? { kind: 'own', turn, seat } : { kind: 'again', turn, seat, request };
}
