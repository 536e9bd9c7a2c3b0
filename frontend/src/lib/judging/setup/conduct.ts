// How a part is run, and its performances for practice. Each act answers with the whole new view.
import { api, call } from '$lib/api';
import type { Conduct, JudgingView, Publicity } from '../types';

export type Place = { contest: number; round: number };

const base = '/api/organizer/contests/{contest}/rounds/{round}/judging' as const;
const path = (p: Place) => ({ path: { contest: p.contest, round: p.round } });

export const setConduct = (p: Place, conduct: Conduct): Promise<JudgingView> =>
  call(api.PUT(`${base}/conduct`, { params: path(p), body: conduct }));

export const setPublicity = (p: Place, publicity: Publicity): Promise<JudgingView> =>
  call(api.PUT(`${base}/publicity`, { params: path(p), body: publicity }));

export const addTrial = (p: Place, title: string): Promise<JudgingView> =>
  call(api.POST(`${base}/calibrations`, { params: path(p), body: { title } }));

export const removeTrial = (p: Place, performance: number): Promise<JudgingView> =>
  call(
    api.DELETE(`${base}/calibrations/{performance}`, {
      params: { path: { contest: p.contest, round: p.round, performance } },
    }),
  );
