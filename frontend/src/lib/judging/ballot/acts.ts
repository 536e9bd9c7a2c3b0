// Ballots of the panel for side prizes. The office's acts answer with all ballots, a judge's with the own papers.
import { api, call } from '$lib/api/client';
import type { components } from '$lib/api/schema.gen';

type Schemas = components['schemas'];
export type BallotsView = Schemas['JudgingBallotsView'];
export type BallotView = Schemas['JudgingBallotView'];
export type BallotRules = Schemas['JudgingBallotRules'];
export type CountView = Schemas['JudgingCountView'];
export type MyBallotsView = Schemas['JudgingMyBallotsView'];
export type PaperView = Schemas['JudgingPaperView'];

const base = '/api/organizer/contests/{contest}/ballots' as const;
const mine = '/api/judge/contests/{contest}/ballots' as const;
const one = (contest: number, ballot: number) => ({ path: { contest, ballot } });

export const office = {
  list: (contest: number, fetch?: typeof globalThis.fetch): Promise<BallotsView> =>
    call(api.GET(base, { params: { path: { contest } }, fetch })),
  add: (contest: number, rules: BallotRules): Promise<BallotsView> =>
    call(api.POST(base, { params: { path: { contest } }, body: rules })),
  save: (contest: number, ballot: number, rules: BallotRules): Promise<BallotsView> =>
    call(api.PUT(`${base}/{ballot}`, { params: one(contest, ballot), body: rules })),
  remove: (contest: number, ballot: number): Promise<BallotsView> =>
    call(api.DELETE(`${base}/{ballot}`, { params: one(contest, ballot) })),
  open: (contest: number, ballot: number, run: number): Promise<BallotsView> =>
    call(api.POST(`${base}/{ballot}/open`, { params: one(contest, ballot), body: { run } })),
  close: (contest: number, ballot: number, run: number, reason: string): Promise<BallotsView> =>
    call(api.POST(`${base}/{ballot}/close`, { params: one(contest, ballot), body: { run, reason } })),
  cancel: (contest: number, ballot: number, run: number, reason: string): Promise<BallotsView> =>
    call(api.POST(`${base}/{ballot}/cancel`, { params: one(contest, ballot), body: { run, reason } })),
};

/** Where the printed minutes of a count are. */
export const minutes = (contest: number, ballot: number, kind: 'pdf' | 'docx') =>
  `/api/organizer/contests/${contest}/ballots/${ballot}/minutes/${kind}`;

export const cast = (contest: number, ballot: number, vote: Schemas['JudgingVote']): Promise<MyBallotsView> =>
  call(api.PUT(`${mine}/{ballot}/paper`, { params: one(contest, ballot), body: vote }));

export const confirm = (
  contest: number,
  ballot: number,
  run: number,
  entries: number[],
  reason: string,
): Promise<MyBallotsView> =>
  call(
    api.POST(`${mine}/{ballot}/confirm`, { params: one(contest, ballot), body: { run, entries, reason } }),
  );
