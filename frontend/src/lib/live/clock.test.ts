import { describe, expect, it, vi } from 'vitest';
import { ServerClock } from './clock';

const second = 1_000_000;

/** A device whose two clocks are turned by hand, and a server. */
function world(wallError = 0) {
  let real = 1_800_000_000 * second;
  let mono = 5 * second;
  let wall = real + wallError;
  const clock = new ServerClock({ mono: () => mono, wall: () => wall });
  return {
    clock,
    server: () => real,
    pass: (us: number) => ((real += us), (mono += us), (wall += us)),
    sleep: (us: number) => ((real += us), (wall += us)),
    setWall: (us: number) => (wall += us),
    /** A question that takes `there` to the server and `back` from it. */
    ask(there: number, back: number) {
      const t0 = clock.monoUs();
      this.pass(there);
      const receivedUs = real;
      const sentUs = real;
      this.pass(back);
      clock.add({ t0, t3: clock.monoUs(), receivedUs, sentUs });
    },
  };
}

describe('the server clock', () => {
  it('is right on a device whose calendar is wrong by a day', () => {
    const w = world(-86_400 * second);
    w.ask(20_000, 20_000);
    expect(w.clock.nowUs()).toBe(w.server());
    w.pass(30 * second);
    expect(w.clock.nowUs()).toBe(w.server());
  });

  it('believes the sample with the least round trip, not the newest', () => {
    const w = world(7 * second);
    w.ask(5_000, 5_000);
    w.ask(900_000, 10_000); // a crowded network, one way only
    w.ask(400_000, 3_000);
    expect(Math.abs(w.clock.nowUs() - w.server())).toBeLessThanOrEqual(100);
  });

  it('is never off by more than half the best round trip', () => {
    for (let i = 1; i < 200; i++) {
      const w = world(i * 12_345);
      let best = Infinity;
      for (let k = 0; k < 6; k++) {
        const there = Math.floor(1_000 + 300_000 * Math.abs(Math.sin(i * 7 + k)));
        const back = Math.floor(1_000 + 300_000 * Math.abs(Math.cos(i * 3 + k)));
        best = Math.min(best, there + back);
        w.ask(there, back);
      }
      expect(Math.abs(w.clock.nowUs() - w.server())).toBeLessThanOrEqual(best / 2 + 150);
    }
  });

  it('lets an old sample go when the device has drifted', () => {
    const w = world();
    w.ask(5_000, 5_000);
    w.pass(3_600 * second);
    w.ask(20_000, 20_000);
    // An hour at 50 µs a second is more than the longer way.
    expect(w.clock.nowUs()).toBe(w.server());
  });

  it('goes on rightly after sleep, and asks again', async () => {
    const w = world();
    w.ask(10_000, 10_000);
    const jumped = vi.fn();
    w.clock.onjump = jumped;
    w.sleep(20 * 60 * second);
    expect(w.clock.nowUs()).toBe(w.server());
    await Promise.resolve();
    expect(jumped).toHaveBeenCalledTimes(1);
    expect(w.clock.synced).toBe(false);
    w.ask(10_000, 10_000);
    expect(w.clock.nowUs()).toBe(w.server());
  });

  it('does not follow a calendar that is set back', async () => {
    const w = world();
    w.ask(10_000, 10_000);
    w.setWall(-3_600 * second);
    expect(w.clock.nowUs()).toBe(w.server());
    w.pass(second);
    expect(w.clock.nowUs()).toBe(w.server());
    await Promise.resolve();
  });

  it('drops a sample that was measured across sleep', () => {
    const w = world();
    w.ask(10_000, 10_000);
    const t0 = w.clock.monoUs();
    const receivedUs = w.server();
    w.sleep(60 * second);
    w.clock.add({ t0, t3: w.clock.monoUs(), receivedUs, sentUs: receivedUs + 50_000 });
    expect(Math.abs(w.clock.nowUs() - w.server())).toBeLessThan(1_000);
  });
});
