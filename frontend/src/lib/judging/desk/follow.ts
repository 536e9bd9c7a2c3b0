// Which sheet is on the screen. The entry on stage comes by itself, but never under a finger: a sheet that is half
// marked stays until the judge goes on, and one that was touched a moment ago stays for that moment.
export type FollowState = {
  onStage: number;
  selected: number;
  /** The sheet on the screen has some marks, not all, and is not locked. */
  halfMarked: boolean;
  /** A dialog is open, or the sheet was touched within the last seconds. */
  busy: boolean;
};

export type Move = 'stay' | 'go' | 'wait';

/** What to do when another entry has come on stage. */
export function follow(s: FollowState): Move {
  if (s.onStage === 0 || s.onStage === s.selected) return 'stay';
  if (s.selected === 0) return 'go';
  if (s.busy) return 'wait';
  return s.halfMarked ? 'stay' : 'go';
}

/** The sheet to open first: on stage, else the first that is not locked yet, else the last one. */
export function firstSheet(turns: { id: number; state: string; locked: boolean }[], onStage: number): number {
  if (onStage !== 0) return onStage;
  const open = turns.find((t) => t.state !== 'planned' && !t.locked);
  const next = turns.find((t) => t.state === 'planned');
  return (open ?? next ?? turns[turns.length - 1])?.id ?? 0;
}

/** A part of the evening: what the stage is in now. */
export type Part = { round_id: number; closed: boolean; on_stage: number; since_us: number };

/** Where the stage is: in the part whose performance came on stage last. */
export function leadingPart<P extends Part>(parts: readonly P[]): P | undefined {
  return parts
    .filter((p) => p.on_stage !== 0 && !p.closed)
    .reduce<P | undefined>((a, p) => (!a || p.since_us > a.since_us ? p : a), undefined);
}

/**
 * What to do when the stage is in another part: an own sheet that is not locked keeps the judge here, and a page that
 * was just opened here was meant; then the way is offered. So it is on a device that another one has taken over: going
 * along by itself it would take the next part's sheets.
 */
export function followPart(s: { unfinished: boolean; arrived: boolean; busy: boolean }): Move | 'offer' {
  if (s.unfinished || s.arrived) return 'offer';
  return s.busy ? 'wait' : 'go';
}
