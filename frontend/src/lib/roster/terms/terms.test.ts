import { expect, test } from 'vitest';
import { byTargets } from './terms';

test('targets become the numbers of their units and leave the others alone', () => {
  const before = [
    { unit_id: 1, entries: 9 },
    { unit_id: 1, division_id: 7, entries: 2 },
    { unit_id: 2, entries: 4 },
  ];
  const after = byTargets(before, [
    { id: 1, target: 5 },
    { id: 3, target: 6 },
  ]);
  expect(after).toEqual([
    { unit_id: 1, division_id: 7, entries: 2 },
    { unit_id: 2, entries: 4 },
    { unit_id: 1, entries: 5 },
    { unit_id: 3, entries: 6 },
  ]);
});
