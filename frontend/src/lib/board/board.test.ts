import { describe, expect, it } from 'vitest';
import {
  atLine,
  cutsIn,
  fullOf,
  linesOf,
  matches,
  segmentsOf,
  type BoardRound,
  type BoardRow,
} from './board';

const score = (round_id: number, points: number, place: number, tied = false) => ({
  round_id,
  points,
  place,
  tied,
  correct: 0,
  time_us: 0,
});

const row = (id: number, total: number, place: number, scores: BoardRow['scores']): BoardRow => ({
  entry_id: id,
  number: String(id).padStart(3, '0'),
  name: `Đội ${id}`,
  unit_name: 'Phường Hạc Thành',
  division_id: 1,
  place,
  tied: false,
  total,
  scores,
});

const round = (id: number, max_score: number, weight = 10_000): BoardRound => ({
  id,
  name: `Vòng ${id}`,
  kind: 'judged',
  state: 'closed',
  max_score,
  weight,
  scored: 0,
});

describe('boards', () => {
  const rows = [
    row(3, 3000, 1, [score(1, 1000, 2, true), score(2, 2000, 1)]),
    row(1, 1500, 2, [score(1, 1500, 1)]),
    row(2, 1000, 3, [score(1, 1000, 2, true)]),
    row(4, 0, 0, []),
  ];

  it('keeps the order of the server, and orders a round by its own places', () => {
    expect(linesOf(rows, 1, 0).map((l) => [l.id, l.place, l.points])).toEqual([
      [3, 1, 3000],
      [1, 2, 1500],
      [2, 3, 1000],
      [4, 0, null],
    ]);
    expect(linesOf(rows, 1, 1).map((l) => [l.id, l.place, l.tied])).toEqual([
      [1, 1, false],
      [2, 2, true],
      [3, 2, true],
      [4, 0, false],
    ]);
    expect(linesOf(rows, 2, 0)).toEqual([]);
  });

  it('never draws a bar beyond its end', () => {
    const rounds = [round(1, 2000), round(2, 20_000, 1000)];
    const full = fullOf(rounds, rows);
    expect(full).toBe(4000);
    expect(segmentsOf(rows[0]!, rounds, full).map((s) => [s.id, s.points, s.part])).toEqual([
      [1, 1000, 0.25],
      [2, 200, 0.05],
    ]);
    // A maximum that is not known: the best total fills the bar.
    expect(fullOf([round(1, 0), round(2, 500)], rows)).toBe(3000);
    expect(segmentsOf(row(9, -25, 1, [score(1, -25, 1)]), rounds, full)).toEqual([]);
  });

  it('draws the line where the server says that it runs', () => {
    const level = (r: BoardRow, level: number) => ({ ...r, level });
    const rounds = [round(1, 2000), { ...round(2, 2000), level: 1 }];
    const cut = { round_id: 2, level: 1, division_id: 1, places: 2, done: false, through: 1 };
    const lines = linesOf(rows, 1, 0);
    const tied = { ...cut, at_line: [1, 2], free: 1 };
    expect(cutsIn({ cuts: [tied], rounds }, 1, lines)[0]).toBeUndefined(); // only who has no place is beneath
    const more = linesOf([...rows.slice(0, 3), row(5, 900, 4, [score(1, 900, 4)]), rows[3]!], 1, 0);
    expect(cutsIn({ cuts: [tied], rounds }, 1, more)).toEqual([
      { id: 2, after: 2, round: 'Vòng 2', places: 2, done: false, through: 1, tied: 2, free: 1 },
    ]);
    expect([...atLine({ cuts: [tied] })]).toEqual([1, 2]);
    const done = linesOf([level(rows[0]!, 1), ...rows.slice(1)], 1, 0);
    expect(cutsIn({ cuts: [{ ...cut, done: true }], rounds }, 1, done)[0]?.after).toBe(0);
    expect(cutsIn({ cuts: [{ ...cut, division_id: 2 }], rounds }, 1, done)).toEqual([]);
  });

  it('draws nothing of rounds before a total that began anew', () => {
    const rounds = [round(1, 2000), { ...round(2, 2000), level: 1, from_zero: true }];
    const full = fullOf(rounds, rows);
    expect(full).toBe(3000);
    expect(segmentsOf({ ...rows[0]!, level: 1 }, rounds, full).map((s) => s.id)).toEqual([2]);
    expect(segmentsOf(rows[1]!, rounds, full).map((s) => s.id)).toEqual([1]);
  });

  it('finds a team as people type it', () => {
    const line = linesOf(rows, 1, 0)[0]!;
    for (const typed of ['', '3', '003', 'hac thanh', 'ĐỘI 3', 'doi'])
      expect(matches(line, typed)).toBe(true);
    for (const typed of ['30', '1', 'sam son']) expect(matches(line, typed)).toBe(false);
  });
});
