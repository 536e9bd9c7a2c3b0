// Sheets whose lock was asked for without a line: kept on the device, and locked by itself, exactly as they stood on the
// screen, once every mark has arrived. Until then the judge can take it back; what is refused comes back with the reason.
import { Fault } from '$lib/api/fault';
import type { Connection } from '$lib/live/connection.svelte';
import { m } from '$lib/paraglide/messages.js';
import type { DeskMemory, QueuedLock } from './memory';

type Options = {
  connection: Pick<Connection, 'state'>;
  /** There is a line, this device may write, and all marks of the performance have arrived. */
  ready: (performance: number) => boolean;
  /** Another device has taken over. */
  lost: () => boolean;
  state: (performance: number) => string | undefined;
  send: (lock: QueuedLock) => Promise<unknown>;
};

export type FailedLock = { performance: number; fault: Fault };

export class LockQueue {
  #locks: QueuedLock[] = $state.raw([]);
  failed: FailedLock[] = $state.raw([]);
  #memory: DeskMemory;
  #options: Options;
  #sending = new Set<number>();

  constructor(memory: DeskMemory, options: Options) {
    this.#memory = memory;
    this.#options = options;
    this.#locks = memory.locks;
  }

  get count(): number {
    return this.#locks.length;
  }

  has(performance: number): boolean {
    return this.#locks.some((l) => l.performance === performance);
  }

  put(lock: QueuedLock): void {
    this.dismiss(lock.performance);
    this.#keep([...this.#locks.filter((l) => l.performance !== lock.performance), lock]);
    this.look();
  }

  /** The judge takes it back: marks can be changed again. */
  drop(performance: number): void {
    if (!this.#sending.has(performance)) this.#keep(this.#locks.filter((l) => l.performance !== performance));
  }

  dismiss(performance: number): void {
    this.failed = this.failed.filter((f) => f.performance !== performance);
  }

  /** Looks what can be locked now: after each view and each mark that has arrived. */
  look(): void {
    for (const lock of this.#locks) {
      const id = lock.performance;
      if (this.#options.state(id) === 'locked') this.#keep(this.#locks.filter((l) => l !== lock));
      else if (this.#options.lost())
        this.#give(lock, new Fault(409, 'device_superseded', m.judging_elsewhere_title()));
      else if (this.#options.connection.state === 'open' && this.#options.ready(id)) void this.#send(lock);
    }
  }

  async #send(lock: QueuedLock): Promise<void> {
    if (this.#sending.has(lock.performance)) return;
    this.#sending.add(lock.performance);
    try {
      await this.#options.send(lock);
      this.#keep(this.#locks.filter((l) => l !== lock));
    } catch (error) {
      const fault = Fault.from(error);
      // A passing fault leaves it where it is: the next view tries again.
      if (fault.status !== 0 && fault.status !== 429 && fault.status < 500 && fault.code !== 'no_answer')
        this.#give(lock, fault);
    } finally {
      this.#sending.delete(lock.performance);
    }
  }

  #give(lock: QueuedLock, fault: Fault): void {
    this.#keep(this.#locks.filter((l) => l !== lock));
    this.failed = [
      ...this.failed.filter((f) => f.performance !== lock.performance),
      { performance: lock.performance, fault },
    ];
  }

  #keep(locks: QueuedLock[]): void {
    if (locks.length === this.#locks.length && locks.every((l, i) => l === this.#locks[i])) return;
    this.#locks = locks;
    this.#memory.queue(locks);
  }
}
