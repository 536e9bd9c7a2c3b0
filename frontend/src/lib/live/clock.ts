// The server's time on a device whose own clock may be wrong. Every deadline is an absolute server time; this turns
// the device's monotonic clock into it: offset = the one of the sample with the least round trip, as NTP does.

export type ClockSample = {
  /** The device's monotonic clock (µs) when the question left and when the answer came. */
  t0: number;
  t3: number;
  /** The server's time (µs) when it read the question and when it made the answer. */
  receivedUs: number;
  sentUs: number;
};

export type Ticks = {
  /** Monotonic, µs; may stand still while the device sleeps. */
  mono: () => number;
  /** The device's calendar clock, µs; may be wrong, and may be set at any moment. */
  wall: () => number;
};

type Kept = { offset: number; rtt: number; at: number };

/** A device's clock drifts by some 50 µs a second: an old sample loses against a fresh one a little longer away. */
const driftPerUs = 50e-6;
const keep = 16;
/** Between the device's two clocks; more than timers and NTP steps explain. */
const jumpUs = 400_000;

export class ServerClock {
  #ticks: Ticks;
  #samples: Kept[] = [];
  #offset: number | null = null;
  #between: number;
  #listeners = new Set<() => void>();
  /** Called when the device slept or its clock was set: ask for new samples. */
  onjump: (() => void) | null = null;

  constructor(ticks: Ticks) {
    this.#ticks = ticks;
    this.#between = ticks.wall() - ticks.mono();
  }

  /** True once the server has been asked; before, the device's own clock stands in. */
  get synced(): boolean {
    return this.#samples.length > 0;
  }

  /** Half the best round trip: how far `nowUs` may be off. */
  get uncertaintyUs(): number {
    return this.#samples.length > 0 ? Math.min(...this.#samples.map((s) => s.rtt)) / 2 : Infinity;
  }

  /** The server's time now, in whole microseconds. */
  nowUs(): number {
    const mono = this.#ticks.mono();
    this.#watch(mono);
    return Math.round(mono + (this.#offset ?? this.#between));
  }

  add(sample: ClockSample): void {
    const at = this.#ticks.mono();
    this.#watch(at);
    const rtt = sample.t3 - sample.t0 - (sample.sentUs - sample.receivedUs);
    if (!(rtt >= 0)) return; // measured across a jump: says nothing
    const offset = (sample.receivedUs - sample.t0 + (sample.sentUs - sample.t3)) / 2;
    this.#samples = [...this.#samples.slice(1 - keep), { offset, rtt, at }];
    let best = this.#samples[0]!;
    const cost = (s: Kept) => s.rtt / 2 + (at - s.at) * driftPerUs;
    for (const s of this.#samples) if (cost(s) <= cost(best)) best = s;
    const before = this.#offset;
    this.#offset = best.offset;
    if (before === null || Math.abs(before - best.offset) > 5_000) this.#tell();
  }

  /** Told whenever the idea of now has moved by more than a frame. */
  onchange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Monotonic µs, for the t0 and t3 of a sample. */
  monoUs(): number {
    return Math.round(this.#ticks.mono());
  }

  // The calendar clock ran ahead of the monotonic one: the device slept (or was set forward). Until a new sample
  // comes, time is taken to have passed: a clock that shows too little is mended in one round trip, one that shows
  // too much makes a person late. Set back: the monotonic clock goes on being right.
  #watch(mono: number): void {
    const between = this.#ticks.wall() - mono;
    const jump = between - this.#between;
    if (Math.abs(jump) < jumpUs) return;
    this.#between = between;
    const slept = jump > 0 && this.#offset !== null;
    if (slept) this.#offset = this.#offset! + jump;
    this.#samples = [];
    // Not from within somebody's reading of the clock.
    queueMicrotask(() => {
      this.onjump?.();
      if (slept) this.#tell();
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The one clock of this tab; live/connection.svelte.ts feeds it. */
export const serverClock = new ServerClock({
  mono: () => performance.now() * 1000,
  wall: () => Date.now() * 1000,
});
