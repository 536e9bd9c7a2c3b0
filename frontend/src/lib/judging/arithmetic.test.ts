import { beforeAll, expect, test } from 'vitest';
import { points } from '$lib/format/number';
import { overwriteGetLocale } from '$lib/paraglide/runtime.js';
import examples from './arithmetic.examples.json';
import { arithmetic, combinedText, droppedReason, notes, scoreText } from './arithmetic';
import type { Working } from './types';
import { seatName } from './words';

// The server's side writes and checks the same file (server/judging/arithmetic_test.go): what the minutes print is what
// the screen shows.
beforeAll(() => overwriteGetLocale(() => 'vi'));

test.each(examples.map((x) => [x.name, x] as const))('%s', (_, x) => {
  const w = x.working as unknown as Working;
  expect(arithmetic(w)).toEqual(x.lines);
  expect(notes(w)).toEqual(x.notes);
  expect(combinedText(w)).toBe(x.combined);
  expect(scoreText(w)).toBe(x.score);
  expect(
    w.sheets.map((s) => `${seatName(s.seat)} ${points(s.total, w.decimals)} ${droppedReason(s.dropped)}`),
  ).toEqual(x.totals);
});
