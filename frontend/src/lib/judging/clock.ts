// The stage clock as screens show it: always from the server's time and what the server says of the clock, so that a
// device with a wrong clock shows the same as all others.
import type { components } from '$lib/api';
import { serverClock } from '$lib/live/clock';

export type Clock = components['schemas']['JudgingClockView'];

/** calm · near: the first warning · last: the last one · up: the time is just up · over */
export type Tone = 'calm' | 'near' | 'last' | 'up' | 'over';
export type Face = { digits: string; tone: Tone; overSeconds: number };

export const usedUs = (clock: Clock, nowUs: number): number =>
  clock.used_us + (clock.since_us > 0 ? Math.max(0, nowUs - clock.since_us) : 0);

/** 342 → "5:42" */
export function digitsOf(seconds: number): string {
  const s = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`;
}

/** What a clock shows after so many completed seconds. */
export function faceOf(seconds: number, limit: number, down: boolean, warnings: readonly number[]): Face {
  if (limit <= 0) return { digits: digitsOf(seconds), tone: 'calm', overSeconds: 0 };
  const left = limit - seconds;
  const overSeconds = Math.max(0, -left);
  const digits = !down ? digitsOf(seconds) : left >= 0 ? digitsOf(left) : `+${digitsOf(overSeconds)}`;
  return { digits, tone: toneOf(left, warnings), overSeconds };
}

function toneOf(left: number, warnings: readonly number[]): Tone {
  if (left < 0) return 'over';
  if (left === 0) return 'up';
  const passed = warnings.filter((w) => left <= w).length;
  if (passed === 0) return 'calm';
  return passed === warnings.length && warnings.length > 1 ? 'last' : 'near';
}

/** Calls back with each completed second of a clock, on the second; once for one that stands. */
export function followSeconds(clock: Clock, then: (seconds: number) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    clearTimeout(timer);
    const used = usedUs(clock, serverClock.nowUs());
    then(Math.floor(used / 1_000_000));
    if (clock.since_us > 0) timer = setTimeout(tick, 1004 - ((used / 1000) % 1000));
  };
  tick();
  const stop = serverClock.onchange(tick);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearTimeout(timer);
    stop();
    document.removeEventListener('visibilitychange', tick);
  };
}
