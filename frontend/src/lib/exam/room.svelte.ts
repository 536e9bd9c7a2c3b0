// The page's side of an online exam: what the server tells about the round and this entry, and the attempt that runs.
import { Fault } from '$lib/api/fault';
import { live } from '$lib/live/connection.svelte';
import { LiveTopic } from '$lib/live/topic.svelte';
import { Sitting } from './sitting.svelte';
import { newestOf, type OwnAttempt, type OwnNotice, type OwnView, type RoundView } from './views';

/** The clock of the running attempt was changed by the organizers; "back": the length of a pause was given back. */
export type Change = { byUs: number; back: boolean };

export class ExamRoom {
  readonly topic: LiveTopic<'exam_round' | 'exam_own' | 'exam_paper'>;
  sitting: Sitting | null = $state.raw(null);
  /** The attempt that ended while this page was open, until the person goes on. */
  last: Sitting | null = $state.raw(null);
  change: Change | null = $state.raw(null);
  busy = $state(false);
  fault: Fault | null = $state.raw(null);

  #entry: number;
  #read = $state(0);
  #place: string;
  #page = String(Math.random());
  #stop: (() => void) | undefined;
  #deadline = 0;
  #owed = false;
  #given = false;
  #paused = false;

  constructor(round: number, entry: number) {
    this.#entry = entry;
    this.topic = new LiveTopic(`contestant/exam/${round}`);
    this.#place = `hoithi_exam_read/entry/${entry}/round/${round}`;
    this.#read = Number(get(this.#place) ?? 0);
  }

  get round(): RoundView | undefined {
    return this.topic.views.exam_round;
  }

  get own(): OwnView | undefined {
    return this.topic.views.exam_own;
  }

  get paused(): boolean {
    return this.round?.phase === 'paused';
  }

  /** The end of the running attempt in the server's time; 0: none. */
  get deadlineUs(): number {
    return this.own?.open?.deadline_us ?? this.sitting?.paper.deadline_us ?? 0;
  }

  open(): () => void {
    const leave = this.topic.open();
    const offs = [
      this.topic.on('exam_round', () => this.#sync()),
      this.topic.on('exam_own', () => this.#sync()),
      this.topic.on('exam_paper', () => this.#sync()),
    ];
    const elsewhere = (event: StorageEvent) => {
      const sitting = this.sitting;
      if (sitting && event.key === this.#tab(sitting) && event.newValue && event.newValue !== this.#page) {
        sitting.hold = 'page';
      }
    };
    addEventListener('storage', elsewhere);
    return () => {
      removeEventListener('storage', elsewhere);
      for (const off of offs) off();
      this.#stop?.();
      leave();
    };
  }

  async start(period: number): Promise<void> {
    await this.#ask(async () => {
      this.last = null;
      await live.command('start_attempt', { period_id: period }, { topic: this.topic.name });
    });
  }

  /** Asks for the right to answer on this device. */
  async claim(attempt: number): Promise<void> {
    await this.#ask(() => live.command('claim_attempt', { attempt_id: attempt }, { topic: this.topic.name }));
  }

  /** Lets another device take over; true when the server has agreed. */
  async release(attempt: number): Promise<boolean> {
    return this.#ask(() =>
      live.command('release_attempt', { attempt_id: attempt }, { topic: this.topic.name }),
    );
  }

  /** A question to the organizers; true when they have it. */
  async question(body: string, place?: number): Promise<boolean> {
    const attempt = this.sitting?.attempt;
    const data = { body, ...(attempt ? { attempt_id: attempt, ...(place ? { place } : {}) } : {}) };
    return this.#ask(() => live.command('ask', data, { topic: this.topic.name }));
  }

  /** Counted minimally, told beforehand, and never worth a point: when it cannot be told, nothing is lost. */
  away(times: number): void {
    const sitting = this.sitting;
    if (!sitting || sitting.hold !== 'held') return;
    live
      .command('away', { attempt_id: sitting.attempt, times }, { topic: this.topic.name })
      .catch(() => undefined);
  }

  /** The attempt of the own view by its number in the database. */
  attemptOf(id: number): OwnAttempt | undefined {
    return this.own?.periods.flatMap((p) => p.attempts).find((a) => a.id === id);
  }

  // --- announcements and answers

  get unread(): OwnNotice[] {
    return (this.own?.messages ?? []).filter(
      (n) => (n.kind === 'announcement' || n.reply) && newestOf(n) > this.#read,
    );
  }

  readAll(): void {
    this.#read = Math.max(this.#read, ...(this.own?.messages ?? []).map(newestOf));
    set(this.#place, String(this.#read));
  }

  // --- what the server has told

  #sync(): void {
    const { exam_own: own, exam_paper: paper } = this.topic.views;
    const open = own?.open;
    if (open && paper && paper.attempt_id === open.attempt_id) {
      if (this.sitting?.attempt === open.attempt_id) {
        if (this.sitting.paper !== paper) this.sitting.adopt(paper);
      } else {
        this.#stop?.();
        const sitting = new Sitting(this.#entry, paper, this.topic.name);
        this.#stop = sitting.open();
        this.sitting = sitting;
        this.last = null;
        this.#deadline = open.deadline_us;
        set(this.#tab(sitting), this.#page);
      }
      this.sitting.follow(open);
    } else if (own && !open && this.sitting) {
      this.#end();
    }
    this.#follow(open?.deadline_us ?? 0);
  }

  #follow(deadline: number): void {
    const was = this.#paused;
    this.#paused = this.paused;
    this.sitting?.still(this.#paused);
    if (!this.sitting || deadline === 0) return;
    const byUs = deadline - this.#deadline;
    const moved = this.#deadline > 0 && Math.abs(byUs) >= 1_000_000;
    // The end of a pause and the time that it gives back are told apart, in either order.
    if (was && !this.#paused && !moved && !this.#given) this.#owed = true;
    if (moved) {
      const back = was || this.#paused || this.#owed;
      this.change = { byUs, back };
      this.#owed = false;
      this.#given = back && this.#paused;
    }
    if (!this.#paused) this.#given = false;
    this.#deadline = deadline;
  }

  #end(): void {
    const sitting = this.sitting!;
    this.#stop?.();
    this.#stop = undefined;
    this.last = sitting;
    this.sitting = null;
    this.change = null;
    this.#deadline = 0;
  }

  async #ask(what: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = null;
    try {
      await what();
      return true;
    } catch (error) {
      this.fault = Fault.from(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #tab = (sitting: Sitting) => `hoithi_exam_page/${sitting.outbox.scope}`;
}

function get(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function set(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A private window keeps nothing.
  }
}
