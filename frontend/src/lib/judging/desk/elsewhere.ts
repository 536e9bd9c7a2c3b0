// Marks, notes and locks of other parts that this device still keeps: a judge who has gone on to the next part, or has
// reloaded there, must not leave them behind.
import { JudgeDesk } from './desk.svelte';

/** Rounds of which something of this account waits on this device. */
export function roundsWaiting(account: number, store: Pick<Storage, 'length' | 'key' | 'getItem'>): number[] {
  const rounds = new Set<number>();
  const place = new RegExp(`^hoithi_(outbox|desk)/judge/${account}/round/(\\d+)(/notes)?$`);
  for (let i = 0; i < store.length; i++) {
    const key = store.key(i) ?? '';
    const [, what, round] = place.exec(key) ?? [];
    if (!round) continue;
    if (what === 'outbox' || (store.getItem(key) ?? '').includes('"locks":[{')) rounds.add(Number(round));
  }
  return [...rounds];
}

/** Delivers what waits of all parts but the one on the screen; call the result to leave. */
export function deliverElsewhere(account: number, round: number): () => void {
  let leave: (() => void)[] = [];
  try {
    leave = roundsWaiting(account, localStorage)
      .filter((id) => id !== round)
      .map((id) => new JudgeDesk(account, id).open());
  } catch {
    // A browser that keeps nothing has nothing to deliver.
  }
  return () => leave.forEach((then) => then());
}
