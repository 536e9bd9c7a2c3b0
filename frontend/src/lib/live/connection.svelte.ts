// The one socket of this tab. Topics and commands go through it; it opens when somebody needs it, comes back by itself
// when it is lost, subscribes again, and never lets a silent line look alive.
import { untrack } from 'svelte';
import { Fault } from '$lib/api/fault';
import { m } from '$lib/paraglide/messages.js';
import { ServerClock, serverClock } from './clock';
import type { CommandData, CommandKind, CommandReply, Envelope } from './protocol';
import { comeBack } from './schedule';

export type ConnectionState =
  | 'idle' // nobody needs a connection
  | 'connecting'
  | 'open'
  | 'waiting' // lost; comes back by itself in a moment
  | 'offline' // lost, and the network seems gone; goes on trying
  | 'superseded' // another device has taken over: `restart()` on the person's wish
  | 'signed_out';

/** What a topic wants to know from the connection. */
export type Listener = {
  topic: string;
  message: (message: Envelope) => void;
  /** The subscription on the present socket was accepted (its snapshot has arrived) or refused. */
  subscribed: (fault: Fault | null) => void;
  lost: () => void;
};

type Waiting = { resolve: (data: unknown) => void; reject: (fault: Fault) => void; timer: Timer };
type Timer = ReturnType<typeof setTimeout>;

export type SocketLike = Pick<WebSocket, 'send' | 'close' | 'readyState'> & {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
};

const answerTime = 20_000;
const clockEvery = 20_000;
const silence = 9_000;
const goodbye = 4_000;

export class Connection {
  state: ConnectionState = $state('idle');
  /** The server process that answers, for the organizer's console. */
  node = $state('');

  #dial: () => SocketLike;
  #clock: ServerClock;
  #socket: SocketLike | null = null;
  #listeners = new Set<Listener>();
  #waiting = new Map<number, Waiting>();
  #asked = new Map<number, number>();
  #holders = 0;
  #nextId = 1;
  #failures = 0;
  #jitterMs = 2000;
  #retry: Timer | undefined;
  #leave: Timer | undefined;
  #beat: Timer | undefined;
  #deadline: Timer | undefined;
  #welcomed = new Set<() => void>();

  constructor(dial: () => SocketLike, clock: ServerClock) {
    this.#dial = dial;
    this.#clock = clock;
    clock.onjump = () => this.#sample(3);
  }

  /** Keeps the connection open until the returned function is called. Topics do this by themselves. */
  hold(): () => void {
    clearTimeout(this.#leave);
    this.#holders++;
    // An effect that holds or listens must not run again because the line has changed: it would subscribe twice.
    untrack(() => {
      if (this.#holders === 1 && !this.#socket && this.state !== 'superseded') this.#connect();
    });
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#holders--;
      // The next page usually needs it again at once.
      if (this.#holders === 0) this.#leave = setTimeout(() => this.#stop('idle'), goodbye);
    };
  }

  /** Opens a new socket: after signing in or out, and when a person takes a running attempt back. */
  restart(): void {
    this.#drop();
    this.#failures = 0;
    if (this.#holders > 0) this.#connect();
    else this.state = 'idle';
  }

  /** The network is back, or the page is looked at again: no reason to wait any longer. */
  nudge(): void {
    if (this.#socket) {
      this.#watchSilence();
      this.#sample(3);
    } else if (this.#holders > 0 && (this.state === 'waiting' || this.state === 'offline')) {
      this.#later(Math.random() * Math.min(this.#jitterMs, 1000));
    }
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    const release = this.hold();
    untrack(() => {
      if (this.state === 'open') this.#subscribe(listener);
    });
    return () => {
      this.#listeners.delete(listener);
      release();
      const others = [...this.#listeners].some((l) => l.topic === listener.topic);
      if (this.state === 'open' && !others) {
        this.#write({ kind: 'unsubscribe', id: this.#nextId++, topic: listener.topic });
      }
    };
  }

  /** Told each time a socket has been welcomed: the moment to send what waits. */
  onwelcome(then: () => void): () => void {
    this.#welcomed.add(then);
    return () => this.#welcomed.delete(then);
  }

  /**
   * Sends a command; resolves with the data of its ok, rejects with a Fault. Without a line it rejects at once with
   * "offline" (nothing left this device); if the line breaks in between, with "no_answer" (it may have been done:
   * ask again, commands may be repeated).
   */
  command<K extends CommandKind>(
    kind: K,
    data: CommandData<K>,
    options: { topic?: string; timeout?: number } = {},
  ): Promise<CommandReply<K>> {
    return this.#ask(kind, data, options) as Promise<CommandReply<K>>;
  }

  #ask(kind: string, data: unknown, { topic, timeout = answerTime }: { topic?: string; timeout?: number }) {
    if (this.state !== 'open') return Promise.reject(Fault.network());
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(noAnswer());
      }, timeout);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#write({ kind, id, topic, data });
    });
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.state = this.#failures === 0 ? 'connecting' : this.state;
    let socket: SocketLike;
    try {
      socket = this.#dial();
    } catch {
      this.#lost(1006);
      return;
    }
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#lost(event.code);
    };
    // The close that always follows says all there is to know.
    socket.onerror = () => undefined;
    // A network that swallows everything never says that it failed.
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#abandon(), 12_000);
  }

  #receive(text: string): void {
    let message: Envelope;
    try {
      message = JSON.parse(text) as Envelope;
    } catch {
      return; // not ours; the next whole view mends it
    }
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    switch (message.kind) {
      case 'welcome':
        return this.#welcome(message);
      case 'clock':
        return this.#tick(message);
      case 'ok':
      case 'fault': {
        const waiting = this.#waiting.get(message.id ?? 0);
        if (!waiting) return;
        this.#waiting.delete(message.id ?? 0);
        clearTimeout(waiting.timer);
        if (message.kind === 'ok') waiting.resolve(message.data);
        else waiting.reject(Fault.parse(message.fault));
        return;
      }
    }
    for (const listener of [...this.#listeners]) {
      if (listener.topic === message.topic) listener.message(message);
    }
  }

  #welcome(message: Envelope): void {
    const data = message.data as { node: string; jitter_ms: number };
    this.#failures = 0;
    this.#jitterMs = data.jitter_ms;
    this.node = data.node;
    this.state = 'open';
    this.#sample(5);
    this.#keepBeating();
    const topics = new Set<string>();
    for (const listener of this.#listeners) {
      if (!topics.has(listener.topic)) this.#subscribe(listener);
      topics.add(listener.topic);
    }
    for (const then of [...this.#welcomed]) then();
  }

  #subscribe(listener: Listener): void {
    const same = () => [...this.#listeners].filter((l) => l.topic === listener.topic);
    for (const l of same()) l.lost();
    this.#ask('subscribe', undefined, { topic: listener.topic }).then(
      () => same().forEach((l) => l.subscribed(null)),
      (fault: Fault) => {
        if (fault.code !== 'no_answer') same().forEach((l) => l.subscribed(fault));
      },
    );
  }

  #write(message: Record<string, unknown>): void {
    this.#socket?.send(JSON.stringify(message));
  }

  // --- the clock, and the proof that the line is alive

  #sample(times: number): void {
    if (this.state !== 'open') return;
    const id = this.#nextId++;
    const t0 = this.#clock.monoUs();
    this.#asked.set(id, t0);
    this.#write({ kind: 'clock', id, data: { t0 } });
    if (times > 1) setTimeout(() => this.#sample(times - 1), 180);
  }

  #tick(message: Envelope): void {
    const t0 = this.#asked.get(message.id ?? 0);
    this.#asked.delete(message.id ?? 0);
    if (t0 === undefined) return;
    const data = message.data as { received_us: number; sent_us: number };
    this.#clock.add({ t0, t3: this.#clock.monoUs(), receivedUs: data.received_us, sentUs: data.sent_us });
  }

  #keepBeating(): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(
      () => {
        this.#watchSilence();
        this.#sample(1);
        this.#keepBeating();
      },
      clockEvery * (0.8 + 0.4 * Math.random()),
    );
  }

  /** A clock question is about to go out: if nothing at all comes back, the line is dead. */
  #watchSilence(): void {
    if (this.state !== 'open' || this.#deadline !== undefined) return;
    this.#deadline = setTimeout(() => this.#abandon(), silence);
  }

  // --- losing it and coming back

  #abandon(): void {
    this.#socket?.close();
    this.#lost(1006);
  }

  #lost(code: number): void {
    const wasOpen = this.state === 'open';
    this.#drop();
    if (wasOpen) for (const listener of [...this.#listeners]) listener.lost();
    if (this.#holders === 0) {
      this.state = 'idle';
      return;
    }
    const next = comeBack(code, this.#failures, this.#jitterMs, Math.random());
    if ('stop' in next) {
      this.state = next.stop;
      return;
    }
    this.#failures++;
    const gone = typeof navigator !== 'undefined' && navigator.onLine === false;
    this.state = gone || this.#failures > 2 ? 'offline' : 'waiting';
    this.#later(next.after);
  }

  #later(milliseconds: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), milliseconds);
  }

  /** Forgets the socket; whoever waits for an answer is told that none will come. */
  #drop(): void {
    for (const timer of [this.#retry, this.#beat, this.#deadline]) clearTimeout(timer);
    this.#deadline = undefined;
    const socket = this.#socket;
    this.#socket = null;
    this.#asked.clear();
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(noAnswer());
    }
    this.#waiting.clear();
  }

  #stop(state: ConnectionState): void {
    this.#drop();
    this.state = state;
  }
}

const noAnswer = () => new Fault(0, 'no_answer', m.fault_no_answer());

function browserSocket(): SocketLike {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(`${scheme}//${location.host}/api/live`) as unknown as SocketLike;
}

/** The connection of this tab. */
export const live = new Connection(browserSocket, serverClock);

if (typeof window !== 'undefined') {
  // A device that knows its network to be gone does not wait for the next question to stay without an answer.
  window.ononline = window.onoffline = () => live.nudge();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.nudge();
  });
}
