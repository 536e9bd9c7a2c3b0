// What an organizer does with a public vote. Each act answers with the whole new view.
import { api, call } from '$lib/api';
import type { components } from '$lib/api';

export type VoteSettings = components['schemas']['VoteSettings'];
export type VoteView = components['schemas']['VoteOrganizerView'];
export type AudienceVote = components['schemas']['VoteAudienceView'];
export type VoteCandidate = AudienceVote['candidates'][number];
export type Receipt = components['schemas']['VoteReceipt'];
export type Place = { contest: number; round: number };

const base = '/api/organizer/contests/{contest}/rounds/{round}/vote' as const;
const path = (p: Place) => ({ path: { contest: p.contest, round: p.round } });

export const read = (p: Place): Promise<VoteView> => call(api.GET(base, { params: path(p) }));
export const save = (p: Place, body: VoteSettings): Promise<VoteView> =>
  call(api.PUT(base, { params: path(p), body }));
export const open = (p: Place): Promise<VoteView> => call(api.POST(`${base}/open`, { params: path(p) }));
export const close = (p: Place): Promise<VoteView> => call(api.POST(`${base}/close`, { params: path(p) }));
export const publish = (p: Place): Promise<VoteView> =>
  call(api.POST(`${base}/publish`, { params: path(p) }));
export const voidBatch = (p: Place, batch: number): Promise<VoteView> =>
  call(
    api.POST(`${base}/tickets/{batch}/void`, {
      params: { path: { contest: p.contest, round: p.round, batch } },
    }),
  );
