// What everybody may see and do of a vote.
import { api, call } from '$lib/api';
import type { AudienceVote, Receipt } from './acts';

const base = '/api/audience/votes/{round}' as const;

export const readPublic = (round: number, fetcher: typeof fetch = fetch): Promise<AudienceVote> =>
  call(api.GET(base, { params: { path: { round } }, fetch: fetcher }));

export const sendCode = (round: number, address: string) =>
  call(api.POST(`${base}/code`, { params: { path: { round } }, body: { address } }));

export type Ballot = { entry_id: number; ticket?: string; address?: string; code?: string };

export const cast = (round: number, body: Ballot): Promise<Receipt> =>
  call(api.POST(`${base}/ballots`, { params: { path: { round } }, body }));

const key = (round: number) => `vote:${round}`;

/** The receipt that this device keeps, so that who comes back sees that the vote is in. */
export function kept(round: number): Receipt | null {
  try {
    return JSON.parse(localStorage.getItem(key(round)) ?? 'null') as Receipt | null;
  } catch {
    return null;
  }
}

export function keep(round: number, receipt: Receipt | null) {
  try {
    if (receipt) localStorage.setItem(key(round), JSON.stringify(receipt));
    else localStorage.removeItem(key(round));
  } catch {
    // A browser that keeps nothing: the receipt stands on the page.
  }
}
