// What the control page of an online exam does: the live numbers, and the acts with their faults.
import { api, call } from '$lib/api';
import type { components } from '$lib/api/schema.gen';
import { LiveTopic } from '$lib/live';

type Schemas = components['schemas'];
export type ControlView = Schemas['ExamControlView'];
export type Units = Schemas['ExamUnitTurns'][];
export type EntryNow = Schemas['ExamEntryInControl'];
export type Message = Schemas['ExamRoundNotice'];
export type Exception = Schemas['ExamRoundOverride'];
export type ExceptionBody = Schemas['ExamExceptionBody'];
export type Effect = Schemas['ExamOverrideEffect'];
export type Item = Schemas['ExamControlItem'];
export type CorrectionEffect = Schemas['ExamCorrectionEffect'];
export type RoundEvent = Schemas['ExamRoundEvent'];

const base = '/api/organizer/contests/{contest}/rounds/{round}/exam/control' as const;

export class ControlDesk {
  readonly topic: LiveTopic<'exam_control'>;
  readonly path: { contest: number; round: number };
  /** Grows with every act of this page, so that lists read anew. */
  acts = $state(0);

  constructor(
    contest: number,
    round: number,
    readonly zone: string,
  ) {
    this.topic = new LiveTopic<'exam_control'>(`organizer/exam/${round}`);
    this.path = { contest, round };
  }

  get view(): ControlView | undefined {
    return this.topic.views.exam_control;
  }

  async #did<T>(act: Promise<T>): Promise<T> {
    const done = await act;
    this.acts++;
    return done;
  }

  pause = (reason: string) =>
    this.#did(call(api.POST(`${base}/pause`, { params: { path: this.path }, body: { reason } })));
  resume = () => this.#did(call(api.POST(`${base}/resume`, { params: { path: this.path } })));
  extend = (period_id: number, seconds: number, reason: string) =>
    this.#did(
      call(api.POST(`${base}/extend`, { params: { path: this.path }, body: { period_id, seconds, reason } })),
    );
  announce = (entry_id: number, text: string) =>
    this.#did(call(api.POST(`${base}/messages`, { params: { path: this.path }, body: { entry_id, text } })));
  reply = (message: number, text: string, everybody: boolean) =>
    this.#did(
      call(
        api.POST(`${base}/messages/{message}/reply`, {
          params: { path: { ...this.path, message } },
          body: { text, everybody },
        }),
      ),
    );
  release = (entry: number) =>
    this.#did(
      call(api.POST(`${base}/entries/{entry}/release`, { params: { path: { ...this.path, entry } } })),
    );

  units = (period: number) =>
    call(api.GET(`${base}/units`, { params: { path: this.path, query: { period } } })).then((r) => r.units);
  absent = (period: number, unit: number) =>
    call(api.GET(`${base}/absent`, { params: { path: this.path, query: { period, unit } } })).then(
      (r) => r.entries,
    );
  find = (q: string) =>
    call(api.GET(`${base}/entries`, { params: { path: this.path, query: { q } } })).then((r) => r.entries);
  entry = (entry: number) =>
    call(api.GET(`${base}/entries/{entry}`, { params: { path: { ...this.path, entry } } }));
  patterns = () => call(api.GET(`${base}/patterns`, { params: { path: this.path } }));
  messages = () => call(api.GET(`${base}/messages`, { params: { path: this.path } })).then((r) => r.messages);
  events = () => call(api.GET(`${base}/events`, { params: { path: this.path } })).then((r) => r.events);

  overrides = () =>
    call(api.GET(`${base}/overrides`, { params: { path: this.path } })).then((r) => r.overrides);
  tryOverride = (body: ExceptionBody) =>
    call(api.POST(`${base}/overrides/preview`, { params: { path: this.path }, body }));
  askOverride = (body: ExceptionBody) =>
    this.#did(call(api.POST(`${base}/overrides`, { params: { path: this.path }, body })));
  decide = (override: number, grant: boolean, word: string) =>
    this.#did(
      call(
        api.POST(`${base}/overrides/{override}/decide`, {
          params: { path: { ...this.path, override } },
          body: { grant, word },
        }),
      ),
    );
  revoke = (override: number, reason: string) =>
    this.#did(
      call(
        api.POST(`${base}/overrides/{override}/revoke`, {
          params: { path: { ...this.path, override } },
          body: { reason },
        }),
      ),
    );

  items = (q: string, attempt = 0, place = 0) =>
    call(api.GET(`${base}/items`, { params: { path: this.path, query: { q, attempt, place } } }));
  keys = (version: number) =>
    call(api.GET(`${base}/items/{version}/keys`, { params: { path: { ...this.path, version } } }));
  effect = (version: number, policy: Item['policy'], key_version: number) =>
    call(
      api.POST(`${base}/items/{version}/effect`, {
        params: { path: { ...this.path, version } },
        body: { policy, key_version },
      }),
    );
  correct = (
    version: number,
    body: { policy: Item['policy']; key_version: number; basis: number; reason: string; appeal: number },
  ) =>
    this.#did(
      call(
        api.POST(`${base}/items/{version}/correct`, { params: { path: { ...this.path, version } }, body }),
      ),
    );
}
