// A judge's private notes: on this device as they are typed, and at the server as soon as there is a line. A note that
// was written here while another device took over is never lost: it is put at the end of the one that stands there.
import { untrack } from 'svelte';
import { api, call } from '$lib/api';
import type { Fault } from '$lib/api/fault';
import type { Connection } from '$lib/live/connection.svelte';
import { Outbox, type Store } from '$lib/live/outbox.svelte';

export type Note = { performance_id: number; text: string };

type Options = {
  store: Store | null;
  connection: Connection;
  topic: string;
  writer: () => number;
  nextSeq: () => number;
  /** Reads what is stored; for tests. */
  read?: (contest: number, round: number) => Promise<Note[]>;
};

/** Typing is one note, not one a letter. */
const settle = 700;

export class DeskNotes {
  /** Kept here because another device had taken over; given on with the next claim. */
  #left: Record<string, string> = {};
  #own: Record<string, string> = $state.raw({});
  #stored: Record<string, string> = $state.raw({});
  /** Performances whose note was put together from two devices. */
  merged: number[] = $state.raw([]);
  readonly outbox: Outbox;
  #options: Options;
  #settling = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(scope: string, options: Options) {
    this.#options = options;
    this.outbox = new Outbox(`${scope}/notes`, {
      store: options.store,
      connection: options.connection,
      onstored: (key, _reply, data) => {
        this.#stored = { ...this.#stored, [key]: (data as { text: string }).text };
        if (!this.#settling.has(key)) this.#forget(key);
      },
      onrefused: (key, fault, data) => this.#refused(key, fault, (data as { text: string }).text),
    });
    for (const key of Object.keys(this.outbox.states)) {
      this.#own = { ...this.#own, [key]: (this.outbox.peek(key) as { text: string }).text };
    }
  }

  open(): () => void {
    return this.outbox.open();
  }

  /** Reads what the server has: when the page opens, and after a claim. */
  async load(contest: number, round: number): Promise<void> {
    const read = this.#options.read ?? readNotes;
    // Read in an effect, this would call itself again with every answer.
    const before = untrack(() => this.#stored);
    try {
      const notes = await read(contest, round);
      // What was stored while this was read is newer than what was read.
      const since = Object.entries(this.#stored).filter(([key, text]) => before[key] !== text);
      this.#stored = {
        ...Object.fromEntries(notes.map((n) => [String(n.performance_id), n.text])),
        ...Object.fromEntries(since),
      };
    } catch {
      return; // without a line: what is here stays, the next view reads again
    }
    for (const [key, text] of Object.entries(this.#left)) {
      delete this.#left[key];
      const there = this.#stored[key] ?? '';
      if (there.includes(text)) continue;
      this.write(Number(key), there ? `${there}\n${text}` : text);
      this.merged = [...this.merged, Number(key)];
    }
  }

  claimed(): void {
    // What waits was written under an older number: it is sent again under the new one.
    for (const key of Object.keys(this.#own)) this.#send(key);
  }

  textOf(performance: number): string {
    const key = String(performance);
    return this.#own[key] ?? this.#stored[key] ?? '';
  }

  stateOf(performance: number): 'none' | 'saved' | 'waiting' {
    const key = String(performance);
    if (key in this.#own) return 'waiting';
    return this.#stored[key] ? 'saved' : 'none';
  }

  get undelivered(): number {
    return Object.keys(this.#own).length;
  }

  write(performance: number, text: string): void {
    const key = String(performance);
    this.#own = { ...this.#own, [key]: text };
    clearTimeout(this.#settling.get(key));
    this.#settling.set(
      key,
      setTimeout(() => this.#send(key), settle),
    );
  }

  flush(): void {
    for (const key of [...this.#settling.keys()]) this.#send(key);
  }

  #send(key: string): void {
    clearTimeout(this.#settling.get(key));
    this.#settling.delete(key);
    const text = this.#own[key];
    if (text === undefined || this.#options.writer() === 0) return;
    this.outbox.put(
      key,
      'note',
      { performance_id: Number(key), writer: this.#options.writer(), seq: this.#options.nextSeq(), text },
      this.#options.topic,
    );
  }

  #refused(key: string, fault: Fault, text: string): void {
    // Refused for another reason it stays here, said to be unsent, and goes out again with the next claim.
    if (fault.code !== 'device_superseded' && fault.code !== 'writer_unknown') return;
    this.#left[key] = text;
    if (!this.#settling.has(key)) this.#forget(key);
  }

  #forget(key: string): void {
    this.#own = Object.fromEntries(Object.entries(this.#own).filter(([k]) => k !== key));
  }
}

async function readNotes(contest: number, round: number): Promise<Note[]> {
  const { notes } = await call(
    api.GET('/api/judge/contests/{contest}/rounds/{round}/notes', { params: { path: { contest, round } } }),
  );
  return notes;
}
