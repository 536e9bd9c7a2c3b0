// A contestant's seat in a host-led round: the view of the round, the right to answer from this device, and each
// answer on its way to the server. What is shown as saved has been acknowledged by the server, nothing else has.
import { Fault } from '$lib/api/fault';
import { live } from '$lib/live/connection.svelte';
import { Outbox } from '$lib/live/outbox.svelte';
import { LiveTopic } from '$lib/live/topic.svelte';
import type { OwnAnswer, OwnView } from '../views';

export type Part = { id: string; value: string };
export type Draft = { options?: string[]; text?: string; parts?: Part[] };

/** "held": this device answers · "other": another one does · "lost": another one has taken over from this one. */
export type Hold = 'none' | 'held' | 'other' | 'lost' | 'refused';

export type Shown = {
  options: string[];
  text: string;
  parts: Part[];
  state: 'none' | 'saving' | 'waiting' | 'saved' | 'refused';
  /** When the server took it; 0: it has not. */
  receivedUs: number;
  fault?: Fault;
};

type Kept = { writer: number; seq: number };
type Sent = Draft & { play: number; writer: number; seq: number };
type Stored = { play: number; seq: number; received_us: number };

const keyOf = (play: number) => `play/${play}`;
const greatestSeq = 1_000_000;

export class Seat {
  readonly topic: LiveTopic<'stage_contestant' | 'stage_own'>;
  readonly outbox: Outbox;
  hold: Hold = $state('none');
  /** Why this device may not answer. */
  fault: Fault | null = $state.raw(null);
  /** What this device has chosen or typed, by play. */
  #drafts: Record<number, Draft> = $state.raw({});
  /** What the server has acknowledged to this device, by play. */
  #stored: Record<number, Draft & { receivedUs: number }> = $state.raw({});
  #place: string;
  #kept: Kept;
  #asking = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(round: number, entry: number) {
    const name = `contestant/round/${round}`;
    this.#place = `hoithi_seat/entry/${entry}/round/${round}`;
    this.#kept = this.#read();
    this.topic = new LiveTopic(name);
    this.outbox = new Outbox(`entry/${entry}/round/${round}`, {
      onstored: (_key, reply, data) => this.#acknowledged(reply as Stored, data as Sent),
      onrefused: (_key, fault, data) => this.#refused(fault, data as Sent),
    });
    // What a reload found unsent is what the person chose last.
    for (const key of Object.keys(this.outbox.states)) {
      const sent = this.outbox.peek(key) as Sent | undefined;
      if (sent) this.#drafts = { ...this.#drafts, [sent.play]: said(sent) };
    }
  }

  get view() {
    return this.topic.views.stage_contestant;
  }

  get own(): OwnView | undefined {
    return this.topic.views.stage_own;
  }

  open(): () => void {
    const leave = this.topic.open();
    const stop = this.outbox.open();
    const off = this.topic.on('stage_own', (own) => {
      if (this.hold === 'held' && own.writer > this.#kept.writer) this.hold = 'lost';
      else if (this.hold === 'other') void this.claim();
    });
    return () => {
      clearTimeout(this.#again);
      off();
      stop();
      leave();
    };
  }

  /** Asks for the right to answer; after every new connection, too, because the server counts who is there by it. */
  async claim(): Promise<void> {
    if (this.#asking || live.state !== 'open') return;
    this.#asking = true;
    clearTimeout(this.#again);
    try {
      const writer = this.hold === 'lost' ? 0 : this.#kept.writer;
      const given = await live.command('claim_device', writer > 0 ? { writer } : {}, {
        topic: this.topic.name,
      });
      const changed = given.writer !== this.#kept.writer;
      if (changed) this.#keep({ writer: given.writer, seq: 0 });
      this.hold = 'held';
      this.fault = null;
      if (changed) this.#sendAgain();
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.code === 'other_device') {
        this.hold = 'other';
        // The other device may simply go away, which nobody tells.
        this.#again = setTimeout(() => void this.claim(), 8000);
      } else if (fault.status === 0 || fault.status >= 500 || fault.status === 429) {
        this.#again = setTimeout(() => void this.claim(), 1500);
      } else {
        this.hold = 'refused';
        this.fault = fault;
      }
    } finally {
      this.#asking = false;
    }
  }

  /** Lets another device take over; throws a Fault. */
  async release(): Promise<void> {
    await live.command('release_device', undefined as never, { topic: this.topic.name });
  }

  /** Keeps an answer on this device and sends it. */
  answer(play: number, draft: Draft): void {
    this.#drafts = { ...this.#drafts, [play]: draft };
    if (this.#kept.writer > 0) this.#put(play, draft);
  }

  shown(play: number): Shown {
    const key = keyOf(play);
    const draft = this.#drafts[play];
    const state = this.outbox.states[key];
    const server = this.own?.answers.find((a) => a.play === play);
    if (
      draft &&
      (state === 'saving' || state === 'waiting' || (state === undefined && !this.#stored[play]))
    ) {
      return { ...whole(draft), state: state ?? 'waiting', receivedUs: 0 };
    }
    const mine = this.#stored[play];
    const newest = newer(server, mine);
    if (state === 'refused') {
      return { ...newest, state: 'refused', fault: this.outbox.faults[key] };
    }
    return newest;
  }

  #put(play: number, draft: Draft): void {
    // Another tab of this device may have counted on.
    const seq = Math.min(greatestSeq, Math.max(this.#read().seq, this.#kept.seq) + 1);
    this.#keep({ writer: this.#kept.writer, seq });
    this.outbox.put(
      keyOf(play),
      'answer',
      { play, writer: this.#kept.writer, seq, ...draft },
      this.topic.name,
    );
  }

  #acknowledged(reply: Stored, sent: Sent): void {
    this.#stored = {
      ...this.#stored,
      [sent.play]: { ...said(sent), receivedUs: reply.received_us },
    };
  }

  #refused(fault: Fault, sent: Sent): void {
    if (fault.code === 'superseded') {
      if (this.hold === 'held' && sent.writer < this.#kept.writer) this.#put(sent.play, sent);
      else this.hold = 'lost';
    } else if (fault.code === 'answer_conflict' && sent.seq + 1000 < greatestSeq) {
      // The count of this device was lost: leave the numbers that were used behind.
      this.#keep({ writer: sent.writer, seq: sent.seq + 1000 });
      this.#put(sent.play, said(sent));
    }
  }

  /** Under the new number: what has not been taken, of the item that still runs. */
  #sendAgain(): void {
    const play = this.view?.play;
    if (!play || (play.status !== 'open' && play.status !== 'paused')) return;
    const draft = this.#drafts[play.play];
    if (draft && this.outbox.states[keyOf(play.play)] !== 'saved') this.#put(play.play, draft);
  }

  #read(): Kept {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#place) ?? 'null') as Kept | null;
      if (kept && kept.writer > 0 && kept.seq >= 0) return kept;
    } catch {
      // Nothing is kept in a private window: the server gives a new number.
    }
    return this.#kept ?? { writer: 0, seq: 0 };
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      localStorage.setItem(this.#place, JSON.stringify(kept));
    } catch {
      // As above.
    }
  }
}

const said = ({ options, text, parts }: Draft): Draft => ({ options, text, parts });
const whole = (draft: Draft) => ({
  options: draft.options ?? [],
  text: draft.text ?? '',
  parts: draft.parts ?? [],
});

/** Of what the server told and what it acknowledged to this device, the later one. */
function newer(server: OwnAnswer | undefined, mine: (Draft & { receivedUs: number }) | undefined): Shown {
  if (mine && mine.receivedUs >= (server?.received_us ?? 0)) {
    return { ...whole(mine), state: 'saved', receivedUs: mine.receivedUs };
  }
  if (server && (server.received_us ?? 0) > 0) {
    return { ...whole(server), state: 'saved', receivedUs: server.received_us ?? 0 };
  }
  return { ...whole({}), state: 'none', receivedUs: 0 };
}
