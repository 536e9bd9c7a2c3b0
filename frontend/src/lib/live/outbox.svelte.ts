// What a person has done and the server has not confirmed yet: an answer, a mark. It is on this device before it is
// sent, it survives a reload, and it is sent again until the server says that it has it or that it cannot be taken.
import { untrack } from 'svelte';
import { Fault } from '$lib/api/fault';
import { live, type Connection } from './connection.svelte';
import type { CommandData, CommandKind } from './protocol';

export type Parcel = {
  /** One key holds one thing, the newest: "item/12". */
  key: string;
  kind: string;
  topic?: string;
  data: unknown;
  /** Rises with each change of the same key, so that a late answer about an older one is not taken for the newest. */
  version: number;
};

/** "saving": on its way · "waiting": on this device, no line · "saved" · "refused": see `faults`. */
export type ParcelState = 'saving' | 'waiting' | 'saved' | 'refused';

export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
export type Sender = Pick<Connection, 'command' | 'onwelcome' | 'hold'> & { readonly state: string };

export type OutboxOptions = {
  /** Confirmed: `reply` is the data of the ok. */
  onstored?: (key: string, reply: unknown, data: unknown) => void;
  /** Cannot be taken: closed, superseded, invalid. It is no longer kept. */
  onrefused?: (key: string, fault: Fault, data: unknown) => void;
  /** Asked about what cannot be taken: true keeps it for `again()`, because later it can (a round that stands still). */
  keeps?: (key: string, fault: Fault, data: unknown) => boolean;
  store?: Store | null;
  connection?: Sender;
  /** Waits before trying again after a passing fault; for tests. */
  pause?: (milliseconds: number) => Promise<void>;
};

const passing = (fault: Fault) =>
  fault.status === 0 || fault.status === 429 || fault.status >= 500 || fault.code === 'no_answer';

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

export class Outbox {
  /** States by key, for "Đã lưu" · "Đang gửi…" · "Mất mạng…". */
  states: Record<string, ParcelState> = $state({});
  faults: Record<string, Fault> = $state.raw({});
  /** False when this browser keeps nothing (private window, full): then a reload would lose what waits. */
  durable = $state(true);

  readonly scope: string;
  #parcels = new Map<string, Parcel>();
  #inFlight = new Set<string>();
  #options: OutboxOptions;
  #connection: Sender;
  #store: Store | null;
  #pause: (milliseconds: number) => Promise<void>;
  #open = false;

  /** `scope` names whose things these are and where: `entry/17/round/3`. */
  constructor(scope: string, options: OutboxOptions = {}) {
    this.scope = scope;
    this.#options = options;
    this.#connection = options.connection ?? live;
    this.#store = options.store === undefined ? browserStore() : options.store;
    this.#pause = options.pause ?? sleep;
    this.durable = this.#store !== null;
    for (const parcel of this.#load()) {
      this.#parcels.set(parcel.key, parcel);
      this.states[parcel.key] = 'waiting';
    }
  }

  /** How many things the server has not confirmed. */
  get pending(): number {
    return Object.values(this.states).filter((s) => s === 'saving' || s === 'waiting').length;
  }

  /** The unconfirmed data of a key: after a reload it is newer than what the server shows. */
  peek(key: string): unknown {
    return this.#parcels.get(key)?.data;
  }

  /** Begins to send; call the result to stop. In a component: `$effect(() => outbox.open())`. */
  open(): () => void {
    this.#open = true;
    const release = this.#connection.hold();
    const off = this.#connection.onwelcome(() => this.#flush());
    untrack(() => this.#flush());
    return () => {
      this.#open = false;
      off();
      release();
    };
  }

  /** Keeps and sends one thing; a newer one of the same key takes its place. */
  put<K extends CommandKind>(key: string, kind: K, data: CommandData<K>, topic?: string): void {
    const version = (this.#parcels.get(key)?.version ?? 0) + 1;
    this.#parcels.set(key, { key, kind, topic, data, version });
    this.states[key] = this.#connection.state === 'open' ? 'saving' : 'waiting';
    this.#forgetFault(key);
    this.#save();
    void this.#send(key);
  }

  /** Tries again what was kept. */
  again(): void {
    if (this.#open) this.#flush();
  }

  /** Forgets what waits under a key: something else has taken its place. */
  drop(key: string): void {
    this.#parcels.delete(key);
    delete this.states[key];
    this.#save();
  }

  #flush(): void {
    for (const key of [...this.#parcels.keys()]) void this.#send(key);
  }

  async #send(key: string): Promise<void> {
    if (this.#inFlight.has(key)) return;
    this.#inFlight.add(key);
    try {
      // Again after each passing fault, and again when a newer thing took the key meanwhile.
      for (let tries = 0; this.#open; tries++) {
        const parcel = this.#parcels.get(key);
        if (!parcel) return;
        if (this.#connection.state !== 'open') {
          this.states[key] = 'waiting'; // the next welcome sends it
          return;
        }
        this.states[key] = 'saving';
        const fault = await this.#deliver(parcel);
        if (fault === 'kept') {
          this.states[key] = 'waiting';
          return;
        }
        if (fault === null) tries = -1;
        else if (fault.offline) continue;
        else
          await this.#pause(
            Math.max(fault.retryAfterSeconds * 1000, Math.min(8000, 400 * 2 ** Math.min(tries, 6))),
          );
      }
    } finally {
      this.#inFlight.delete(key);
    }
  }

  /** null: settled, whatever the outcome; else the passing fault, or "kept". */
  async #deliver(parcel: Parcel): Promise<Fault | 'kept' | null> {
    let reply: unknown;
    try {
      reply = await this.#connection.command(parcel.kind as CommandKind, parcel.data as never, {
        topic: parcel.topic,
      });
    } catch (error) {
      const fault = Fault.from(error);
      if (passing(fault)) return fault;
      if (this.#options.keeps?.(parcel.key, fault, parcel.data) && this.#parcels.has(parcel.key))
        return 'kept';
      if (this.#settle(parcel, 'refused', fault)) this.#options.onrefused?.(parcel.key, fault, parcel.data);
      return null;
    }
    if (this.#settle(parcel, 'saved')) this.#options.onstored?.(parcel.key, reply, parcel.data);
    return null;
  }

  /** False when a newer thing took the key: then the answer is about the past. */
  #settle(parcel: Parcel, state: ParcelState, fault?: Fault): boolean {
    if (this.#parcels.get(parcel.key)?.version !== parcel.version) return false;
    this.#parcels.delete(parcel.key);
    this.states[parcel.key] = state;
    if (fault) this.faults = { ...this.faults, [parcel.key]: fault };
    this.#save();
    return true;
  }

  #forgetFault(key: string): void {
    if (!(key in this.faults)) return;
    this.faults = Object.fromEntries(Object.entries(this.faults).filter(([k]) => k !== key));
  }

  get #place(): string {
    return `hoithi_outbox/${this.scope}`;
  }

  #load(): Parcel[] {
    try {
      const text = this.#store?.getItem(this.#place);
      const list: unknown = text ? JSON.parse(text) : [];
      return Array.isArray(list) ? (list as Parcel[]).filter((p) => p && typeof p.key === 'string') : [];
    } catch {
      return [];
    }
  }

  #save(): void {
    if (!this.#store) return;
    try {
      if (this.#parcels.size === 0) this.#store.removeItem(this.#place);
      else this.#store.setItem(this.#place, JSON.stringify([...this.#parcels.values()]));
      this.durable = true;
    } catch {
      this.durable = false; // full or closed: it is still in memory and on its way
    }
  }
}

function browserStore(): Store | null {
  try {
    localStorage.setItem('hoithi_probe', '1');
    localStorage.removeItem('hoithi_probe');
    return localStorage;
  } catch {
    return null;
  }
}
