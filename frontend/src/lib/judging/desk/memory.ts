// What a judge's device remembers of itself: its number as the one that may write, how far it has counted its marks,
// and marks that it could not deliver before another device took over.
import type { Store } from '$lib/live/outbox.svelte';

export type Leftover = { performance: number; criterion: number; value: number | null };

/** A sheet that is to be locked, as it stood on the screen, once there is a line. */
export type QueuedLock = {
  performance: number;
  marks: { criterion_id: number; value: number }[];
  /** How often the sheet had been opened again by then: the lock is of that sheet, not of one opened again since. */
  reopened: number;
};

type Kept = { writer: number; seq: number; leftovers: Leftover[]; locks: QueuedLock[] };

export class DeskMemory {
  #place: string;
  #store: Store | null;
  #kept: Kept = { writer: 0, seq: 0, leftovers: [], locks: [] };

  constructor(scope: string, store: Store | null) {
    this.#place = `hoithi_desk/${scope}`;
    this.#store = store;
    this.#read();
  }

  get writer(): number {
    return this.#kept.writer;
  }

  get leftovers(): Leftover[] {
    return this.#kept.leftovers;
  }

  get locks(): QueuedLock[] {
    return this.#kept.locks;
  }

  queue(locks: QueuedLock[]): void {
    this.#kept = { ...this.#kept, locks };
    this.#write();
  }

  /** A new number counts its marks from 1. */
  become(writer: number): void {
    this.#kept = { ...this.#kept, writer, seq: 0 };
    this.#write();
  }

  /** The next number of a mark. Read again each time: a second tab of this device counts on the same line. */
  nextSeq(): number {
    const mine = this.#kept;
    this.#read();
    const seq = (this.#kept.writer === mine.writer ? Math.max(mine.seq, this.#kept.seq) : mine.seq) + 1;
    this.#kept = { ...mine, seq };
    this.#write();
    return seq;
  }

  keep(leftovers: Leftover[]): void {
    this.#kept = { ...this.#kept, leftovers };
    this.#write();
  }

  #read(): void {
    try {
      const kept = JSON.parse(this.#store?.getItem(this.#place) ?? 'null') as Kept | null;
      if (kept && Number.isSafeInteger(kept.writer) && Number.isSafeInteger(kept.seq)) {
        this.#kept = {
          writer: kept.writer,
          seq: kept.seq,
          leftovers: Array.isArray(kept.leftovers) ? kept.leftovers : [],
          locks: Array.isArray(kept.locks) ? kept.locks : [],
        };
      }
    } catch {
      // Nothing readable: this device has no number, and will ask for one.
    }
  }

  #write(): void {
    try {
      this.#store?.setItem(this.#place, JSON.stringify(this.#kept));
    } catch {
      // Full or closed: a reload then asks for a new number, which harms nothing.
    }
  }
}
