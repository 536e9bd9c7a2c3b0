import { describe, expect, it } from 'vitest';
import { ladderIn, type Room } from './ladder';

// The room of a division beside what is told, and alone, in em: 1024×768, 1920×1080, 2560×1080, 3840×960.
const beside: Room[] = [
  { width: 88, height: 25 },
  { width: 40, height: 43 },
  { width: 56, height: 43 },
  { width: 98, height: 41 },
];
const alone: Room[] = [
  { width: 88, height: 58 },
  { width: 88, height: 42 },
  { width: 120, height: 42 },
  { width: 208, height: 40 },
];

describe('the rows of a division on the wall', () => {
  it('never overflow, and are never smaller than the picture', () => {
    for (const [rooms, whole] of [
      [beside, false],
      [alone, true],
    ] as const)
      for (const room of rooms)
        for (const count of [1, 2, 3, 5, 8, 10, 13, 24, 60, 200])
          for (const cut of [false, true]) {
            const l = ladderIn(room, count, whole, cut);
            const rows = Math.ceil(Math.min(count, l.fits) / l.columns);
            expect(l.scale).toBeGreaterThanOrEqual(1);
            expect(l.high).toBeGreaterThan(3.8);
            expect(rows * l.high * l.scale + (cut ? 2.6 : 0)).toBeLessThanOrEqual(room.height + 0.01);
          }
  });
  it('fill a wall when they are few', () => {
    for (const room of alone)
      for (const count of [3, 5, 8]) {
        const l = ladderIn(room, count, true, false);
        expect(Math.ceil(count / l.columns) * l.high * l.scale).toBeGreaterThan(room.height * 0.55);
      }
  });
  it('are larger on a wide wall, where at least five are still seen', () => {
    const [, hall, , wide] = beside.map((room) => ladderIn(room, 12, false, false));
    expect(hall!.scale).toBe(1);
    expect(wide!.scale).toBeGreaterThan(1.4);
    expect(wide!.fits).toBeGreaterThanOrEqual(5);
  });
});
