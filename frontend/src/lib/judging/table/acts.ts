// What the secretary and the timekeeper can do. Each act answers with the whole new view.
import { api, call } from '$lib/api';
import type { JudgingView } from '../types';

export type Place = { contest: number; round: number };

const path = (p: Place) => ({ path: { contest: p.contest, round: p.round } });
const one = (p: Place, performance: number) => ({ path: { ...path(p).path, performance } });
const base = '/api/organizer/contests/{contest}/rounds/{round}/judging' as const;

export const read = (p: Place): Promise<JudgingView> => call(api.GET(base, { params: path(p) }));

export const start = (p: Place, performance: number): Promise<JudgingView> =>
  call(api.POST(`${base}/performances/{performance}/start`, { params: one(p, performance) }));

export const finish = (p: Place, performance: number): Promise<JudgingView> =>
  call(api.POST(`${base}/performances/{performance}/finish`, { params: one(p, performance) }));

export const giveBack = (p: Place, performance: number): Promise<JudgingView> =>
  call(api.POST(`${base}/performances/{performance}/return`, { params: one(p, performance) }));

export const setSeconds = (
  p: Place,
  performance: number,
  seconds: number,
  reason: string,
): Promise<JudgingView> =>
  call(
    api.PUT(`${base}/performances/{performance}/seconds`, {
      params: one(p, performance),
      body: { seconds, reason },
    }),
  );

export const setAbsence = (p: Place, seat: number, absent: boolean, reason: string): Promise<JudgingView> =>
  call(
    api.PUT(`${base}/panel/{seat}/absence`, {
      params: { path: { ...path(p).path, seat } },
      body: { absent, reason },
    }),
  );
