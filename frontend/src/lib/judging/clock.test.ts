import { describe, expect, it } from 'vitest';
import { faceOf, usedUs } from './clock';

describe('the stage clock', () => {
  it('counts only what ran, by the server', () => {
    const running = { state: 'running' as const, used_us: 200e6, since_us: 1_000e6, reason: '' };
    expect(usedUs(running, 1_042e6)).toBe(242e6);
    // A server message that is a little ahead of this device's idea of the time never shows less than before.
    expect(usedUs(running, 999e6)).toBe(200e6);
    expect(usedUs({ ...running, state: 'paused', since_us: 0 }, 9_999e6)).toBe(200e6);
  });

  it('counts up and down to the same limit', () => {
    const warnings = [60, 30];
    const up = (s: number) => faceOf(s, 300, false, warnings);
    const down = (s: number) => faceOf(s, 300, true, warnings);
    expect([up(0).digits, down(0).digits]).toEqual(['0:00', '5:00']);
    expect([up(239), down(239)].map((f) => f.tone)).toEqual(['calm', 'calm']);
    expect([up(240).tone, up(269).tone, up(270).tone, up(299).tone]).toEqual([
      'near',
      'near',
      'last',
      'last',
    ]);
    expect(down(300)).toEqual({ digits: '0:00', tone: 'up', overSeconds: 0 });
    expect(up(342)).toEqual({ digits: '5:42', tone: 'over', overSeconds: 42 });
    expect(down(342).digits).toBe('+0:42');
    expect(faceOf(3725, 0, true, warnings)).toEqual({ digits: '1:02:05', tone: 'calm', overSeconds: 0 });
    expect(faceOf(250, 300, false, [60]).tone).toBe('near');
  });
});
