// The host's desk of a ceremony. A cue carries the number of the view on which it was decided, so that neither a second
// click nor a second console can skip a step.
import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { LiveTopic } from '$lib/live/topic.svelte';
import type { CeremonyDesk, CeremonySettings } from './words';

export type Cue = 'next' | 'back' | 'jump' | 'pause' | 'resume' | 'black' | 'light' | 'finish' | 'stop';

/** A press so soon after the picture has changed was meant for the one before. */
const settleMs = 350;

export class CeremonyHost {
  readonly topic: LiveTopic<'ceremony_desk'>;
  readonly contest: number;
  busy: Cue | 'begin' | 'save' | null = $state(null);
  fault: Fault | null = $state.raw(null);
  /** The newest of what was read and what was told. */
  #read: CeremonyDesk | undefined = $state.raw();
  #changedAt = 0;

  constructor(contest: number, first: CeremonyDesk) {
    this.contest = contest;
    this.#read = first;
    this.topic = new LiveTopic(`organizer/ceremony/${contest}`);
  }

  get desk(): CeremonyDesk {
    const told = this.topic.views.ceremony_desk;
    const read = this.#read as CeremonyDesk;
    return told && told.seq >= read.seq ? told : read;
  }

  get ready(): boolean {
    return this.topic.fresh;
  }

  open(): () => void {
    const leave = this.topic.open();
    const off = this.topic.on('ceremony_desk', () => (this.#changedAt = performance.now()));
    return () => {
      off();
      leave();
    };
  }

  /** Of a key or a large button: not while the picture has only just changed. */
  async press(cue: Cue): Promise<boolean> {
    if (!this.ready || performance.now() - this.#changedAt < settleMs) return false;
    return this.give(cue);
  }

  give(cue: Cue, to?: number): Promise<boolean> {
    return this.#do(cue, () =>
      call(
        api.POST('/api/organizer/contests/{contest}/ceremony/cue', {
          params: { path: { contest: this.contest } },
          body: { seq: this.desk.seq, cue, ...(to ? { to } : {}) },
        }),
      ),
    );
  }

  begin(rehearsal: boolean): Promise<boolean> {
    return this.#do('begin', () =>
      call(
        api.POST('/api/organizer/contests/{contest}/ceremony/begin', {
          params: { path: { contest: this.contest } },
          body: { seq: this.desk.seq, rehearsal },
        }),
      ),
    );
  }

  save(settings: CeremonySettings): Promise<boolean> {
    return this.#do('save', () =>
      call(
        api.PUT('/api/organizer/contests/{contest}/ceremony', {
          params: { path: { contest: this.contest } },
          body: { seq: this.desk.seq, settings },
        }),
      ),
    );
  }

  async #do(what: Cue | 'begin' | 'save', act: () => Promise<CeremonyDesk>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.fault = null;
    try {
      const now = await act();
      if (now.seq >= this.desk.seq) this.#read = now;
      this.#changedAt = performance.now();
      return true;
    } catch (error) {
      this.fault = Fault.from(error);
      return false;
    } finally {
      this.busy = null;
    }
  }
}
