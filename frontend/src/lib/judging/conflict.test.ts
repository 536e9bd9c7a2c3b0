import { expect, test } from 'vitest';
import { expectedSeats, waitingSeats } from './conflict';
import type { JudgingView, MarkedTurn } from './types';

const seats = [1, 2, 3, 4].map((seat) => ({ seat, absent: seat === 2 }));
const view = { panel: seats, rules: {} } as JudgingView;
const turn = (locked: number[], complete = false, gone: number[] = []) =>
  ({
    complete,
    away: gone,
    conflicts: [
      { seat: 3, why: 'own_unit', barred: true },
      { seat: 4, why: 'declared', barred: false },
    ],
    sheets: seats.map(({ seat }) => ({ seat, state: locked.includes(seat) ? 'locked' : 'draft' })),
  }) as unknown as MarkedTurn;
const numbers = (list: { seat: number }[]) => list.map((s) => s.seat);

test('a judge who is away or may not mark an entry is not waited for; one who is only flagged is', () => {
  expect(numbers(expectedSeats(view, turn([])))).toEqual([1, 4]);
  expect(numbers(waitingSeats(view, turn([1])))).toEqual([4]);
  expect(waitingSeats(view, turn([1, 4]))).toEqual([]);
});

test('where the rules wait for all sheets an absent judge is waited for, but nobody who was replaced', () => {
  const wait = { ...view, rules: { absent: 'wait' } } as JudgingView;
  expect(numbers(expectedSeats(wait, turn([])))).toEqual([1, 2, 4]);
  const left = { ...wait, panel: seats.map((s) => ({ ...s, left: s.absent })) } as JudgingView;
  expect(numbers(expectedSeats(left, turn([])))).toEqual([1, 4]);
});

test('a judge who came after the turn is not waited for', () => {
  expect(numbers(expectedSeats(view, turn([], false, [4])))).toEqual([1]);
});

test('nobody is waited for once a performance has all that its rule asks for', () => {
  expect(waitingSeats(view, turn([1], true))).toEqual([]);
});
