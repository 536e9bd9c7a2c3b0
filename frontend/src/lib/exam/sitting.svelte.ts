// One attempt on this device: the paper, each response on its way to the server, and the wish to submit. A response is in
// the browser's store before it is sent and stays there until the server has it. What is shown as saved has been
// acknowledged by the server, nothing else has.
import { Fault } from '$lib/api/fault';
import { live } from '$lib/live/connection.svelte';
import { Outbox, type OutboxOptions, type Sender, type Store } from '$lib/live/outbox.svelte';
import type { Draft, Shown } from '$lib/stage/contestant/seat.svelte';
import { placeFlags, placeGuess, placesOf } from './views';
import type { OwnAttempt, OwnOpen, PaperView, ResponseStored, Saved, Submitted } from './views';

/** "held": this device answers · "other": another one does · "lost": it took over from this one · "page": another page. */
export type Hold = 'held' | 'other' | 'lost' | 'page';

/** How one place stands, for the overview. */
export type PlaceState = 'none' | 'saved' | 'saving' | 'waiting' | 'refused';

type Response = Draft & { attempt_id: number; place: number; writer: number; seq: number };
type Kept = Draft & Pick<Saved, 'writer' | 'seq' | 'received_us'>;

const greatestSeq = 1_000_000;
const keyOf = (place: number) => `place/${place}`;
const said = ({ options, text, parts }: Draft): Draft => ({ options, text, parts });
const whole = (draft: Draft) => ({
  options: draft.options ?? [],
  text: draft.text ?? '',
  parts: draft.parts ?? [],
});
const filled = (draft: Draft) => Boolean(draft.options?.length || draft.text?.trim() || draft.parts?.length);
const passing = (fault: Fault) => fault.status === 0 || fault.status === 429 || fault.status >= 500;

export type SittingOptions = Pick<OutboxOptions, 'pause'> & { store?: Store | null; connection?: Sender };

export class Sitting {
  readonly attempt: number;
  readonly topic: string;
  readonly outbox: Outbox;
  paper: PaperView = $state.raw()!;
  hold: Hold = $state('other');
  /** The server's word on the end; the attempt is over. */
  ended: OwnAttempt | null = $state.raw(null);
  /** The person wants to submit; it happens when everything is there. */
  wish = $state(false);
  submitting = $state(false);
  /** Why submitting was refused. */
  fault: Fault | null = $state.raw(null);

  #connection: Sender;
  #store: Store | null;
  #pause: (milliseconds: number) => Promise<void>;
  #writer: number;
  /** What this device has chosen or typed and the server has not taken, by place. */
  #drafts: Record<number, Draft> = $state.raw({});
  /** What the server has, by place: told with the paper or acknowledged since. */
  #saved: Record<number, Kept> = $state.raw({});
  #seqs = new Map<number, number>();
  #still = false;

  constructor(entry: number, paper: PaperView, topic: string, options: SittingOptions = {}) {
    this.attempt = paper.attempt_id;
    this.topic = topic;
    this.#connection = options.connection ?? live;
    this.#store = options.store === undefined ? browserStore() : options.store;
    this.#pause = options.pause ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    this.#writer = paper.writer;
    this.outbox = new Outbox(`entry/${entry}/exam/${paper.attempt_id}`, {
      ...options,
      onstored: (_key, reply, data) => this.#acknowledged(reply as ResponseStored, data as Response),
      onrefused: (_key, fault, data) => this.#refused(fault, data as Response),
      keeps: (_key, fault, data) => this.#keeps(fault, data as Response),
    });
    // What a reload found unsent is what the person chose last.
    for (const sent of this.#unsent()) {
      this.#drafts = { ...this.#drafts, [sent.place]: said(sent) };
      this.#seqs.set(sent.place, sent.seq);
    }
    this.wish = this.#read() === '1';
    this.adopt(paper);
  }

  /** Begins to send; call the result to stop. */
  open(): () => void {
    const stop = this.outbox.open();
    const off = this.#connection.onwelcome(() => void this.#trySubmit());
    void this.#trySubmit();
    return () => {
      off();
      stop();
    };
  }

  get writer(): number {
    return this.#writer;
  }

  /** The paper as the server has it now, after a new connection or a claim. */
  adopt(paper: PaperView): void {
    this.paper = paper;
    for (const saved of paper.saved) this.#know(saved.place, saved);
    if (paper.writer > this.#writer) this.#writer = paper.writer;
  }

  /** Who answers, as the server says. */
  follow(open: OwnOpen): void {
    if (!open.mine) {
      this.hold = this.hold === 'held' || this.hold === 'lost' ? 'lost' : this.hold;
      return;
    }
    this.#writer = open.writer;
    if (this.hold !== 'page') this.hold = 'held';
    this.#renumber();
    void this.#trySubmit();
  }

  /** The round stands still, or goes on. */
  still(still: boolean): void {
    if (this.#still && !still) {
      this.outbox.again();
      void this.#trySubmit();
    }
    this.#still = still;
  }

  /** Keeps a response on this device and sends it. */
  answer(place: number, draft: Draft): void {
    if (this.hold !== 'held' || this.ended) return;
    this.#drafts = { ...this.#drafts, [place]: said(draft) };
    this.#put(place, draft);
  }

  shown(place: number): Shown {
    const draft = this.#drafts[place];
    const state = this.outbox.states[keyOf(place)];
    const saved = this.#saved[place];
    if (draft && (state === 'saving' || state === 'waiting')) {
      return { ...whole(draft), state, receivedUs: 0 };
    }
    if (draft && state === 'refused') {
      return { ...whole(draft), state, receivedUs: 0, fault: this.outbox.faults[keyOf(place)] };
    }
    if (!saved) return { ...whole({}), state: 'none', receivedUs: 0 };
    return { ...whole(saved), state: 'saved', receivedUs: saved.received_us };
  }

  /** Something is answered at a place, sent or not. */
  answered(place: number): boolean {
    return filled(this.shown(place));
  }

  state(place: number): PlaceState {
    const shown = this.shown(place);
    return shown.state === 'saved' && !filled(shown) ? 'none' : shown.state;
  }

  get flags(): number[] {
    return placesOf(this.shown(placeFlags).text);
  }

  flag(place: number): void {
    const flags = this.flags;
    const next = flags.includes(place)
      ? flags.filter((f) => f !== place)
      : [...flags, place].sort((a, b) => a - b);
    this.answer(placeFlags, { text: next.join(',') });
  }

  /** Every place that wants an answer, in order; the guess is last. */
  get places(): number[] {
    const items = this.paper.items.map((item) => item.place);
    return this.paper.guess ? [...items, placeGuess] : items;
  }

  /** Places whose newest response the server has not got. */
  get unsent(): number[] {
    return this.places.filter((place) => ['saving', 'waiting', 'refused'].includes(this.state(place)));
  }

  /** Places that the server has an answer for, whatever stands on the screen. */
  get safe(): number[] {
    return this.places.filter((place) => this.#saved[place] && filled(this.#saved[place]));
  }

  /** Wants to submit: what is unsent goes first, and without a network it waits. */
  async submit(): Promise<void> {
    this.wish = true;
    this.fault = null;
    this.#write('1');
    await this.#trySubmit();
  }

  /** Goes on answering, as long as the server has not been asked. */
  withdraw(): void {
    if (this.submitting) return;
    this.wish = false;
    this.#write(null);
  }

  /** Over: what this device kept for the attempt is of no more use. */
  forget(): void {
    this.#write(null);
    for (const sent of this.#unsent()) this.outbox.drop(keyOf(sent.place));
  }

  async #trySubmit(): Promise<void> {
    for (let tries = 0; this.wish && !this.submitting && !this.ended; tries++) {
      if (this.outbox.pending > 0 || this.hold !== 'held' || this.#connection.state !== 'open') return;
      this.submitting = true;
      const fault = await this.#askSubmit();
      this.submitting = false;
      if (!fault) return;
      if (fault.code === 'superseded') this.hold = 'lost';
      if (fault.code === 'superseded' || fault.code === 'round_paused') return;
      if (!passing(fault)) {
        this.fault = fault;
        this.withdraw();
        return;
      }
      if (!fault.offline) await this.#pause(Math.min(8000, 400 * 2 ** Math.min(tries, 5)));
    }
  }

  async #askSubmit(): Promise<Fault | null> {
    try {
      const data = { attempt_id: this.attempt, writer: this.#writer };
      const reply = await this.#connection.command('submit_attempt', data, { topic: this.topic });
      this.ended = (reply as Submitted).attempt;
      this.forget();
      return null;
    } catch (error) {
      return Fault.from(error);
    }
  }

  #put(place: number, draft: Draft, from = 0): void {
    const saved = this.#saved[place];
    const known = Math.max(
      this.#seqs.get(place) ?? 0,
      from,
      saved && saved.writer === this.#writer ? saved.seq : 0,
    );
    const seq = Math.min(greatestSeq, known + 1);
    this.#seqs.set(place, seq);
    const response: Response = {
      attempt_id: this.attempt,
      place,
      writer: this.#writer,
      seq,
      ...said(draft),
    };
    this.outbox.put(keyOf(place), 'respond', response, this.topic);
  }

  #know(place: number, kept: Kept): void {
    const before = this.#saved[place];
    if (
      before &&
      (before.writer > kept.writer || (before.writer === kept.writer && before.seq >= kept.seq))
    ) {
      return;
    }
    this.#saved = { ...this.#saved, [place]: kept };
  }

  #acknowledged(reply: ResponseStored, sent: Response): void {
    this.#know(sent.place, {
      ...said(sent),
      writer: sent.writer,
      seq: sent.seq,
      received_us: reply.received_us,
    });
    void this.#trySubmit();
  }

  /** What cannot be taken now but may be later stays in the store. */
  #keeps(fault: Fault, sent: Response): boolean {
    if (fault.code === 'round_paused') {
      // The pause may be over before its refusal has come.
      if (!this.#still) void this.#pause(800).then(() => this.outbox.again());
      return true;
    }
    if (fault.code !== 'superseded') return false;
    if (sent.writer >= this.#writer) this.hold = 'lost';
    else queueMicrotask(() => this.#renumber());
    return true;
  }

  #refused(fault: Fault, sent: Response): void {
    if (fault.code === 'answer_conflict' && sent.seq + 1000 < greatestSeq) {
      // The count of this device was lost: leave the numbers that were used behind.
      this.#put(sent.place, sent, sent.seq + 1000);
      return;
    }
    void this.#trySubmit();
  }

  /** Under the new number: what has not been taken, unless another device has answered the same place since. */
  #renumber(): void {
    for (const sent of this.#unsent()) {
      if (sent.writer === this.#writer) continue;
      const saved = this.#saved[sent.place];
      if (saved && saved.writer > sent.writer) {
        this.outbox.drop(keyOf(sent.place));
        this.#drafts = Object.fromEntries(
          Object.entries(this.#drafts).filter(([place]) => place !== String(sent.place)),
        );
      } else {
        this.#put(sent.place, sent);
      }
    }
  }

  #unsent(): Response[] {
    return Object.keys(this.outbox.states).flatMap(
      (key) => (this.outbox.peek(key) as Response | undefined) ?? [],
    );
  }

  get #place(): string {
    return `hoithi_submit/${this.outbox.scope}`;
  }

  #read(): string | null {
    try {
      return this.#store?.getItem(this.#place) ?? null;
    } catch {
      return null;
    }
  }

  #write(value: string | null): void {
    try {
      if (value === null) this.#store?.removeItem(this.#place);
      else this.#store?.setItem(this.#place, value);
    } catch {
      // Nothing is kept in a private window: the wish holds until the page goes.
    }
  }
}

function browserStore(): Store | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
