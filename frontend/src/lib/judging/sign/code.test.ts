import { expect, test } from 'vitest';
import type { JudgingView } from '../types';
import { scanned } from './code';

const view = (over: object = {}) =>
  ({
    panel: [
      { seat: 1, name: 'Hương', absent: false },
      { seat: 2, name: 'Bảo', absent: true },
      { seat: 3, name: 'Thảo', absent: false },
      { seat: 4, name: 'Lâm', absent: false },
    ],
    performances: [
      {
        id: 7,
        state: 'done',
        away: [4],
        sheets: [
          { seat: 1, state: 'locked' },
          { seat: 3, state: 'draft' },
        ],
      },
      { id: 8, state: 'planned', away: [], sheets: [] },
    ],
    signing: { state: 'open', requests: [] },
    rules: {},
    ...over,
  }) as unknown as JudgingView;
const waiting = {
  state: 'open',
  requests: [{ id: 5, kind: 'paper', state: 'asked', performance_id: 7, seat: 3, asked_by: 20 }],
};

test('the code on a sheet opens the typing of exactly this sheet', () => {
  expect(scanned(view(), 7, 3, 20)).toMatchObject({ kind: 'type', turn: { id: 7 }, seat: { seat: 3 } });
});

test('whoever typed first is told to hand the sheet on, and another one types it again', () => {
  expect(scanned(view({ signing: waiting }), 7, 3, 20).kind).toBe('own');
  expect(scanned(view({ signing: waiting }), 7, 3, 21)).toMatchObject({ kind: 'again', request: { id: 5 } });
});

test('a sheet that cannot be typed says why', () => {
  expect(scanned(view(), 7, 1, 20).kind).toBe('locked');
  expect(scanned(view(), 7, 2, 20).kind).toBe('absent');
  expect(scanned(view(), 7, 4, 20).kind).toBe('away');
  expect(scanned(view(), 8, 3, 20).kind).toBe('planned');
  expect(scanned(view(), 9, 3, 20).kind).toBe('elsewhere');
  expect(scanned(view(), 7, 9, 20).kind).toBe('elsewhere');
  expect(scanned(view({ signing: { state: 'checked', requests: [] } }), 7, 3, 20).kind).toBe('shut');
});
