// What a timekeeper can do. The new view comes live.
import { api, call } from '$lib/api';

export type Act = 'start' | 'pause' | 'resume' | 'stop';
export type Place = { contest: number; round: number };

const one = (p: Place, performance: number) => ({
  path: { contest: p.contest, round: p.round, performance },
});
const base = '/api/organizer/contests/{contest}/rounds/{round}/judging/performances/{performance}' as const;

export const press = (p: Place, performance: number, act: Act, reason = ''): Promise<unknown> =>
  call(
    api.POST(`${base}/clock`, { params: one(p, performance), body: { act, ...(reason ? { reason } : {}) } }),
  );

export const correct = (p: Place, performance: number, seconds: number, reason: string): Promise<unknown> =>
  call(api.PUT(`${base}/time`, { params: one(p, performance), body: { seconds, reason } }));
