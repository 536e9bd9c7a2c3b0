// How a judged part is signed. The office's acts answer with the whole table, the judges' with the judge's view.
import { api, call, Fault } from '$lib/api';
import type { JudgeView, JudgingView, MarkValue } from '../types';
import type { Place } from '../table/acts';

const base = '/api/organizer/contests/{contest}/rounds/{round}/judging' as const;
const mine = '/api/judge/contests/{contest}/rounds/{round}' as const;
const path = (p: Place) => ({ path: { contest: p.contest, round: p.round } });
const sheet = (p: Place, performance: number, seat: number) => ({
  path: { ...path(p).path, performance, seat },
});
const one = (p: Place, request: number) => ({ path: { ...path(p).path, request } });

/** A dialog shows one sentence: what is wrong in the fields belongs to it. */
export async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const fault = Fault.from(error);
    if (fault.fields.length === 0) throw fault;
    const detail = [fault.detail, ...fault.fields.slice(0, 4).map((f) => f.detail)].join(' ');
    throw new Fault(fault.status, fault.code, detail);
  }
}

/** What the office does: secretaries and organizers. */
export const office = {
  check: (p: Place, hash: string): Promise<JudgingView> =>
    told(call(api.POST(`${base}/check`, { params: path(p), body: { hash } }))),
  sendBack: (p: Place, reason: string): Promise<JudgingView> =>
    told(call(api.POST(`${base}/send-back`, { params: path(p), body: { reason } }))),
  witness: (p: Place, hash: string): Promise<JudgingView> =>
    told(call(api.POST(`${base}/witness`, { params: path(p), body: { hash } }))),
  supervised: (p: Place, wanted: boolean): Promise<JudgingView> =>
    told(call(api.PUT(`${base}/supervised`, { params: path(p), body: { wanted } }))),
  head: (p: Place, seat: number, reason: string): Promise<JudgingView> =>
    told(call(api.PUT(`${base}/head`, { params: path(p), body: { seat, reason } }))),
  reopen: (p: Place, performance: number, seat: number, reason: string): Promise<JudgingView> =>
    told(
      call(
        api.POST(`${base}/performances/{performance}/sheets/{seat}/reopen`, {
          params: sheet(p, performance, seat),
          body: { reason },
        }),
      ),
    ),
  paper: (
    p: Place,
    performance: number,
    seat: number,
    body: { marks: MarkValue[]; replaces: boolean; note: string },
  ): Promise<JudgingView> =>
    told(
      call(
        api.POST(`${base}/performances/{performance}/sheets/{seat}/paper`, {
          params: sheet(p, performance, seat),
          body,
        }),
      ),
    ),
  revoke: (p: Place, reason: string, correction: boolean): Promise<JudgingView> =>
    told(call(api.POST(`${base}/revoke`, { params: path(p), body: { reason, correction } }))),
  confirm: (p: Place, request: number, marks?: MarkValue[]): Promise<JudgingView> =>
    told(
      call(
        api.POST(`${base}/requests/{request}/confirm`, {
          params: one(p, request),
          body: marks ? { marks } : {},
        }),
      ),
    ),
  refuse: (p: Place, request: number): Promise<JudgingView> =>
    told(call(api.POST(`${base}/requests/{request}/refuse`, { params: one(p, request) }))),
  withdraw: (p: Place, request: number): Promise<JudgingView> =>
    told(call(api.POST(`${base}/requests/{request}/withdraw`, { params: one(p, request) }))),
};

const watched = '/api/supervisor/contests/{contest}/rounds/{round}/judging' as const;

/** What the supervisor does: one of the two who revoke. A yes opens the marks, so its answer holds none. */
export const watch = {
  revoke: (p: Place, reason: string, correction: boolean): Promise<JudgingView> =>
    told(call(api.POST(`${watched}/revoke`, { params: path(p), body: { reason, correction } }))),
  confirm: (p: Place, request: number): Promise<unknown> =>
    told(call(api.POST(`${watched}/requests/{request}/confirm`, { params: one(p, request) }))),
  refuse: (p: Place, request: number): Promise<unknown> =>
    told(call(api.POST(`${watched}/requests/{request}/refuse`, { params: one(p, request) }))),
  withdraw: (p: Place, request: number): Promise<unknown> =>
    told(call(api.POST(`${watched}/requests/{request}/withdraw`, { params: one(p, request) }))),
};

/** What judges do on their own device; the head judge for the whole part. */
export const panel = {
  close: (p: Place, hash: string): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/close`, { params: path(p), body: { hash } }))),
  sendBack: (p: Place, reason: string): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/send-back`, { params: path(p), body: { reason } }))),
  reopen: (p: Place, performance: number, seat: number, reason: string): Promise<JudgeView> =>
    told(
      call(
        api.POST(`${mine}/performances/{performance}/sheets/{seat}/reopen`, {
          params: sheet(p, performance, seat),
          body: { reason },
        }),
      ),
    ),
  revoke: (p: Place, reason: string, correction: boolean): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/revoke`, { params: path(p), body: { reason, correction } }))),
  confirm: (p: Place, request: number): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/requests/{request}/confirm`, { params: one(p, request) }))),
  refuse: (p: Place, request: number): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/requests/{request}/refuse`, { params: one(p, request) }))),
  withdraw: (p: Place, request: number): Promise<JudgeView> =>
    told(call(api.POST(`${mine}/requests/{request}/withdraw`, { params: one(p, request) }))),
};
