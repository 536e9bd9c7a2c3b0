// What a contestant may be told of the contest's result now. It reads what everybody is sent and nothing else: a place is
// here only once the ceremony has told it, or the whole result is public.
import type { components } from '$lib/api/schema.gen';
import type { CeremonyRow, CeremonyView } from './words';

type OwnBoard = components['schemas']['LeaderboardOwnBoardView'];

export type Outcome =
  | { state: 'nothing' }
  /** Results are being told; one's own row once it has been. */
  | { state: 'telling'; own?: CeremonyRow }
  | { state: 'final'; place: number; total: number; award: string };

/** A ceremony that is under way, or has ended; a rehearsal is for the hall's wall alone. */
export const told = (view: CeremonyView | undefined): CeremonyView | undefined =>
  view && view.state !== 'off' && !view.rehearsal ? view : undefined;

export function outcomeOf(
  view: CeremonyView | undefined,
  board: OwnBoard | undefined,
  entry: number,
): Outcome {
  const ceremony = told(view);
  const own = ceremony?.told.find((r) => r.entry_id === entry);
  if (board?.status === 'final') {
    const place = board.row?.place ?? 0;
    const total = board.row?.total ?? 0;
    // What was told may have been corrected since: then its award is no longer this one's.
    const same = own && own.place === place && own.total === total;
    return { state: 'final', place, total, award: (same && own.award) || '' };
  }
  return ceremony ? { state: 'telling', ...(own && { own }) } : { state: 'nothing' };
}
