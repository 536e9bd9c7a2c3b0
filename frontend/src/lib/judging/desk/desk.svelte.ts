// A judge's desk for one round: the view from the server, what this device has marked and not yet delivered on top of
// it, and the acts: mark, lock, take over. What is shown as saved has been acknowledged; everything else says so.
import { Fault } from '$lib/api/fault';
import { live, type Connection } from '$lib/live/connection.svelte';
import { Outbox, type Store } from '$lib/live/outbox.svelte';
import { LiveTopic } from '$lib/live/topic.svelte';
import { totalOf } from '../score';
import type { JudgePerformance, JudgeView } from '../types';
import { DeskMemory, type Leftover, type QueuedLock } from './memory';
import { LockQueue } from './queue.svelte';
import { DeskNotes, type Note } from './notes.svelte';

/** A mark of this device that the view does not show yet. */
type Own = {
  value: number | null;
  writer: number;
  seq: number;
  stored: boolean;
  version: number;
  /** On its way for longer than an answer takes: the line is as good as lost. */
  late?: boolean;
};

export type Refusal = { performance: number; criterion: number; value: number | null; fault: Fault };

/** How the marks of one performance stand: all saved (when last), on their way, waiting for a line, or for its beginning. */
export type Saving = { state: 'none' | 'saved' | 'saving' | 'waiting' | 'held'; count: number; atUs: number };

type Options = {
  store?: Store | null;
  connection?: Connection;
  /** Reads what is stored of notes; for tests. */
  readNotes?: (contest: number, round: number) => Promise<Note[]>;
};

/** A slider that is being dragged is one mark, not fifty. */
const settle = 220;

/** A mark without an answer for so long is said to wait, long before the line is given up. */
const patience = 3500;

const keyOf = (performance: number, criterion: number) => `${performance}/${criterion}`;

export class JudgeDesk {
  readonly round: number;
  readonly topic: LiveTopic<'judge_view'>;
  readonly outbox: Outbox;
  /** Marks that could not be delivered before another device took over. */
  leftovers: Leftover[] = $state.raw([]);
  /** Marks that the server will not take, until the judge has read why. */
  refusals: Refusal[] = $state.raw([]);
  /** Sheets that are locked once there is a line. */
  readonly queue: LockQueue;
  readonly notes: DeskNotes;
  claiming = $state(false);
  claimFault: Fault | null = $state.raw(null);

  #own: Record<string, Own> = $state.raw({});
  #acks: Record<number, number> = $state.raw({});
  #writer = $state(0);
  #memory: DeskMemory;
  #connection: Connection;
  #settling = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(account: number, round: number, options: Options = {}) {
    this.round = round;
    this.#connection = options.connection ?? live;
    const scope = `judge/${account}/round/${round}`;
    const store = options.store === undefined ? deviceStore() : options.store;
    this.#memory = new DeskMemory(scope, store);
    this.#writer = this.#memory.writer;
    this.leftovers = this.#memory.leftovers;
    this.topic = new LiveTopic<'judge_view'>(`judge/round/${round}`, this.#connection);
    this.outbox = new Outbox(scope, {
      store,
      connection: this.#connection,
      onstored: (key, reply) => this.#stored(key, (reply as { received_us?: number }).received_us ?? 0),
      onrefused: (key, fault) => this.#refused(key, fault),
      // Marked without a line while the entry was on stage, and the table has not begun it: it will.
      keeps: (_key, fault) => fault.code === 'performance_not_begun',
    });
    this.queue = new LockQueue(this.#memory, {
      connection: this.#connection,
      ready: (id) => this.mine && !this.#waits(id),
      lost: () => this.elsewhere,
      state: (id) => this.view?.performances.find((p) => p.id === id)?.sheet.state,
      send: (lock) => this.#sendLock(lock),
    });
    this.notes = new DeskNotes(scope, {
      store,
      connection: this.#connection,
      topic: this.topic.name,
      writer: () => this.#writer,
      nextSeq: () => this.#memory.nextSeq(),
      read: options.readNotes,
    });
    for (const key of Object.keys(this.outbox.states)) {
      const data = this.outbox.peek(key) as { writer: number; seq: number; value?: number };
      this.#own = {
        ...this.#own,
        [key]: { value: data.value ?? null, writer: data.writer, seq: data.seq, stored: false, version: 0 },
      };
    }
  }

  get view(): JudgeView | undefined {
    return this.topic.views.judge_view;
  }

  /** True once a device holds the pen and it is this one. */
  get mine(): boolean {
    return this.#writer > 0 && this.view !== undefined && this.view.writer <= this.#writer;
  }

  /** Another device of this judge holds the pen. */
  get elsewhere(): boolean {
    return this.view !== undefined && this.view.writer > 0 && !this.mine;
  }

  /** Opens the line; call the result to leave. */
  open(): () => void {
    const leave = [
      this.topic.on('judge_view', (view) => {
        this.#prune(view);
        // Nobody marks yet: the first device that looks is the one.
        if (view.writer === 0 && !view.closed) void this.claim();
        if (view.performances.some((p) => p.state !== 'planned' && this.holds(p.id))) this.outbox.again();
        this.queue.look();
      }),
      this.notes.open(),
      this.#connection.onwelcome(() => this.queue.look()),
      this.topic.open(),
      this.outbox.open(),
    ];
    return () => {
      this.flush();
      for (const then of leave) then();
    };
  }

  /** This device marks from now on. What the one before had saved stays. */
  async claim(): Promise<void> {
    if (this.claiming) return;
    this.claiming = true;
    this.claimFault = null;
    try {
      const { writer } = await this.#connection.command('claim_sheets', undefined as never, {
        topic: this.topic.name,
      });
      this.#memory.become(writer);
      this.#writer = writer;
      this.notes.claimed();
    } catch (error) {
      this.claimFault = Fault.from(error);
    } finally {
      this.claiming = false;
    }
  }

  /** The mark on the screen: what was just given here, else what is stored. */
  markOf(performance: JudgePerformance, criterion: number): number | null {
    const own = this.#own[keyOf(performance.id, criterion)];
    if (own) return own.value;
    return performance.sheet.marks.find((m) => m.criterion_id === criterion)?.value ?? null;
  }

  totalOf(performance: JudgePerformance): { total: number; missing: number } {
    const view = this.view;
    if (!view) return { total: 0, missing: 0 };
    return totalOf(view.criteria, (c) => this.markOf(performance, c), view.decimals);
  }

  /** Gives a mark, or takes it back (null): on the screen and on this device at once, then on its way. */
  mark(performance: number, criterion: number, value: number | null): void {
    // What waits to be locked is what will be locked.
    if (this.queue.has(performance)) return;
    const key = keyOf(performance, criterion);
    const before = this.#own[key];
    this.#own = {
      ...this.#own,
      [key]: {
        value,
        writer: this.#writer,
        seq: before && !before.stored ? before.seq : 0,
        stored: false,
        version: 0,
        late: before && !before.stored ? before.late : false,
      },
    };
    this.dismiss(performance, criterion);
    clearTimeout(this.#settling.get(key));
    this.#settling.set(
      key,
      setTimeout(() => this.#send(key), settle),
    );
  }

  /** Sends at once what still settles: the page is being left. */
  flush(): void {
    this.notes.flush();
    for (const key of [...this.#settling.keys()]) this.#send(key);
  }

  saving(performance: JudgePerformance): Saving {
    const prefix = `${performance.id}/`;
    const waiting = Object.entries(this.#own).filter(([key, o]) => key.startsWith(prefix) && !o.stored);
    const atUs = Math.max(
      this.#acks[performance.id] ?? 0,
      ...performance.sheet.marks.map((m) => m.received_us),
    );
    if (waiting.length > 0) {
      if (waiting.every(([key]) => this.#kept(key))) return { state: 'held', count: waiting.length, atUs };
      const onTheWay = this.#connection.state === 'open' && !waiting.some(([, o]) => o.late);
      return { state: onTheWay ? 'saving' : 'waiting', count: waiting.length, atUs };
    }
    return { state: atUs > 0 ? 'saved' : 'none', count: 0, atUs };
  }

  /** Marks of all performances that the server has not confirmed. */
  get undelivered(): number {
    return (
      Object.values(this.#own).filter((o) => !o.stored).length + this.notes.undelivered + this.queue.count
    );
  }

  /** The line is there, and the server takes the mark once the performance has begun. */
  #kept(key: string): boolean {
    return this.#connection.state === 'open' && this.outbox.states[key] === 'waiting';
  }

  /** This device keeps marks of a performance. */
  holds(performance: number): boolean {
    return this.#waits(performance);
  }

  /** Marks of one performance that the server has not confirmed. */
  #waits(performance: number): boolean {
    return Object.entries(this.#own).some(([key, o]) => key.startsWith(`${performance}/`) && !o.stored);
  }

  #marksOf(performance: JudgePerformance): { criterion_id: number; value: number }[] {
    return (this.view?.criteria ?? []).flatMap((c) => {
      const value = this.markOf(performance, c.id);
      return value === null ? [] : [{ criterion_id: c.id, value }];
    });
  }

  #lockOf(performance: JudgePerformance): QueuedLock {
    return {
      performance: performance.id,
      marks: this.#marksOf(performance),
      reopened: performance.sheet.reopened,
    };
  }

  #sendLock({ performance, marks, reopened }: QueuedLock): Promise<unknown> {
    return this.#connection.command(
      'lock_sheet',
      { performance_id: performance, writer: this.#writer, marks, reopened },
      { topic: this.topic.name },
    );
  }

  /** Without a line: the sheet is locked as it stands on the screen as soon as there is one. */
  lockLater(performance: JudgePerformance): void {
    this.flush();
    this.queue.put(this.#lockOf(performance));
  }

  /**
   * Makes the sheet final as it stands on the screen; throws a Fault when it was not. Where no answer comes, the line has
   * just gone: the device keeps the act as if it had known, and "later" says so. Locking twice is locking once.
   */
  async lock(performance: JudgePerformance): Promise<'locked' | 'later'> {
    const view = this.view;
    if (!view) throw Fault.network();
    let late: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<'later'>((then) => {
      late = setTimeout(() => then('later'), patience);
    });
    const locked = this.#sendLock(this.#lockOf(performance)).then(
      () => 'locked' as const,
      (error: unknown) => {
        const fault = Fault.from(error);
        if (fault.status === 0 || fault.status >= 500) return 'later' as const;
        throw fault;
      },
    );
    locked.catch(() => undefined); // after the silence the queue asks again, and tells what it hears
    const outcome = await Promise.race([locked, silence]);
    clearTimeout(late);
    if (outcome === 'later') {
      this.lockLater(performance);
      this.#connection.nudge();
    }
    return outcome;
  }

  /** The judge has read why a mark was refused. */
  dismiss(performance: number, criterion: number): void {
    if (this.refusals.length === 0) return;
    this.refusals = this.refusals.filter((r) => r.performance !== performance || r.criterion !== criterion);
  }

  /** An undelivered mark of earlier: give it now, or let it go. */
  resolve(leftover: Leftover, use: boolean): void {
    this.#keep(this.leftovers.filter((l) => l !== leftover));
    if (use) this.mark(leftover.performance, leftover.criterion, leftover.value);
  }

  #send(key: string): void {
    clearTimeout(this.#settling.get(key));
    this.#settling.delete(key);
    const own = this.#own[key];
    if (!own || own.stored) return;
    const [performance, criterion] = key.split('/').map(Number) as [number, number];
    const seq = this.#memory.nextSeq();
    this.#own = { ...this.#own, [key]: { ...own, writer: this.#writer, seq } };
    setTimeout(() => {
      const now = this.#own[key];
      if (!now || now.stored || now.seq !== seq || this.#kept(key)) return;
      this.#own = { ...this.#own, [key]: { ...now, late: true } };
      // A line that swallows everything is found out sooner when it is asked.
      this.#connection.nudge();
    }, patience);
    this.outbox.put(
      key,
      'mark',
      {
        performance_id: performance,
        criterion_id: criterion,
        writer: this.#writer,
        seq,
        ...(own.value === null ? {} : { value: own.value }),
      },
      this.topic.name,
    );
  }

  #stored(key: string, atUs: number): void {
    const own = this.#own[key];
    const id = Number(key.split('/')[0]);
    this.#acks = { ...this.#acks, [id]: Math.max(this.#acks[id] ?? 0, atUs) };
    // A newer one is already settling: it will have its own answer.
    if (!own || this.#settling.has(key)) return;
    const sheet = this.view?.performances.find((p) => p.id === id)?.sheet;
    this.#own = { ...this.#own, [key]: { ...own, stored: true, version: sheet?.version ?? 0 } };
    if (this.view) this.#prune(this.view);
    this.queue.look();
  }

  #refused(key: string, fault: Fault): void {
    const own = this.#own[key];
    if (!own || this.#settling.has(key)) return;
    const [performance, criterion] = key.split('/').map(Number) as [number, number];
    this.#own = Object.fromEntries(Object.entries(this.#own).filter(([k]) => k !== key));
    const mark = { performance, criterion, value: own.value };
    if (fault.code === 'device_superseded' || fault.code === 'writer_unknown') {
      const others = this.leftovers.filter((l) => l.performance !== performance || l.criterion !== criterion);
      this.#keep([...others, mark]);
    } else {
      this.refusals = [...this.refusals, { ...mark, fault }];
    }
  }

  #keep(leftovers: Leftover[]): void {
    this.leftovers = leftovers;
    this.#memory.keep(leftovers);
  }

  /** Forgets own marks that the view shows, or has gone beyond. */
  #prune(view: JudgeView): void {
    const sheets = new Map(view.performances.map((p) => [p.id, p.sheet]));
    const kept = Object.entries(this.#own).filter(([key, own]) => {
      if (!own.stored) return true;
      const [performance, criterion] = key.split('/').map(Number) as [number, number];
      const sheet = sheets.get(performance);
      if (!sheet || sheet.state === 'locked' || view.writer > own.writer) return false;
      const shown = sheet.marks.find((m) => m.criterion_id === criterion);
      if (!shown) return own.value !== null || sheet.version <= own.version;
      return shown.writer < own.writer || (shown.writer === own.writer && shown.seq < own.seq);
    });
    if (kept.length !== Object.keys(this.#own).length) this.#own = Object.fromEntries(kept);
    const open = this.leftovers.filter((l) => {
      const sheet = sheets.get(l.performance);
      const shown = sheet?.marks.find((m) => m.criterion_id === l.criterion)?.value ?? null;
      return sheet?.state === 'draft' && !view.closed && shown !== l.value;
    });
    if (open.length !== this.leftovers.length) this.#keep(open);
  }
}

function deviceStore(): Store | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}
