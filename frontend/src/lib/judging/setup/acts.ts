// What an organizer sets up in a judged round. Each act answers with the whole new view.
import { api, call } from '$lib/api';
import type { components } from '$lib/api';
import type { Candidate, JudgingView, MarkingRules } from '../types';

export type Place = { contest: number; round: number };
export type CriterionDraft = components['schemas']['JudgingCriterionBody'];
export type TurnDraft = components['schemas']['JudgingTurnBody'];
export type Entry = { id: number; number: string; name: string; unit_name: string };

const base = '/api/organizer/contests/{contest}/rounds/{round}/judging' as const;
const path = (p: Place) => ({ path: { contest: p.contest, round: p.round } });

export const read = (p: Place): Promise<JudgingView> => call(api.GET(base, { params: path(p) }));

export const setRubric = (p: Place, criteria: CriterionDraft[]): Promise<JudgingView> =>
  call(api.PUT(`${base}/rubric`, { params: path(p), body: { criteria } }));

export const setRules = (p: Place, rules: MarkingRules): Promise<JudgingView> =>
  call(api.PUT(`${base}/rules`, { params: path(p), body: rules }));

export const setPanel = (p: Place, accounts: number[], head: number): Promise<JudgingView> =>
  call(api.PUT(`${base}/panel`, { params: path(p), body: { accounts, head } }));

export const setOrder = (p: Place, turns: TurnDraft[]): Promise<JudgingView> =>
  call(api.PUT(`${base}/order`, { params: path(p), body: { turns } }));

export const drawOrder = (p: Place, reason: string): Promise<JudgingView> =>
  call(api.POST(`${base}/order/draw`, { params: path(p), body: { reason } }));

export async function candidates(p: Place): Promise<Candidate[]> {
  const answer = await call(api.GET(`${base}/candidates`, { params: path(p) }));
  return answer.candidates;
}

/** All entries that take part, page by page; a running order holds 500 at most. */
export async function entries(contest: number): Promise<Entry[]> {
  const all: Entry[] = [];
  let after = 0;
  for (let page = 1; page <= 20; page++) {
    const answer = await call(
      api.GET('/api/organizer/contests/{contest}/entries', {
        params: { path: { contest }, query: { state: 'active', after } },
      }),
    );
    all.push(...answer.entries);
    if (answer.entries.length === 0 || answer.next === 0) break;
    after = answer.next;
  }
  return all;
}

export type NightChange = components['schemas']['JudgingNewChange'];

export const changeOrder = (p: Place, change: NightChange): Promise<JudgingView> =>
  call(api.POST(`${base}/order/changes`, { params: path(p), body: change }));

export type Level = components['schemas']['JudgingLevel'];
export type Template = components['schemas']['JudgingRubricTemplate'];
export type Source = components['schemas']['JudgingSource'];
export type Part = components['schemas']['JudgingPart'];
export type Lots = components['schemas']['JudgingRoomDraw'];

export async function templates(): Promise<Template[]> {
  return (await call(api.GET('/api/organizer/rubric-templates'))).templates;
}

export async function sources(p: Place): Promise<Source[]> {
  return (await call(api.GET(`${base}/sources`, { params: path(p) }))).sources;
}

export async function parts(contest: number, using?: typeof fetch): Promise<Part[]> {
  const answer = await call(
    api.GET('/api/organizer/contests/{contest}/judging/parts', {
      params: { path: { contest } },
      ...(using ? { fetch: using } : {}),
    }),
  );
  return answer.parts;
}

export const copyFrom = (p: Place, body: components['schemas']['JudgingCopyOf']): Promise<JudgingView> =>
  call(api.POST(`${base}/copy`, { params: path(p), body }));

export const setLots = (p: Place, lots: Lots): Promise<JudgingView> =>
  call(api.PUT(`${base}/order/lots`, { params: path(p), body: lots }));

/** Where the printed minutes of the draw are. */
export const drawMinutes = (p: Place, kind: 'pdf' | 'docx') =>
  `/api/organizer/contests/${p.contest}/rounds/${p.round}/judging/order/minutes/${kind}`;

export type JudgeTies = components['schemas']['JudgingJudgeTies'];
export type Tie = components['schemas']['JudgingTie'];
export type Keeper = components['schemas']['JudgingKeeper'];
export type ConflictRule = JudgingView['conflict'];

/** What ties the judges of the contest to units and entries, and who may keep the names of a part marked by codes. */
export const ties = (contest: number): Promise<{ judges: JudgeTies[]; keepers: Keeper[] }> =>
  call(api.GET('/api/organizer/contests/{contest}/judging/ties', { params: { path: { contest } } }));

export const setTies = (
  p: Place,
  seat: number,
  body: { unit_id: number; ties: Tie[]; reason: string },
): Promise<JudgingView> =>
  call(
    api.PUT(`${base}/panel/{seat}/ties`, {
      params: { path: { contest: p.contest, round: p.round, seat } },
      body,
    }),
  );

export const setConflict = (p: Place, rule: ConflictRule): Promise<JudgingView> =>
  call(api.PUT(`${base}/conflict`, { params: path(p), body: { rule } }));

export const setBlind = (p: Place, blind: boolean, keeper: number, reason = ''): Promise<JudgingView> =>
  call(api.PUT(`${base}/blind`, { params: path(p), body: { blind, keeper, reason } }));

export const replace = (p: Place, seat: number, account: number, reason: string): Promise<JudgingView> =>
  call(
    api.POST(`${base}/panel/{seat}/replacement`, {
      params: { path: { contest: p.contest, round: p.round, seat } },
      body: { account, reason },
    }),
  );
