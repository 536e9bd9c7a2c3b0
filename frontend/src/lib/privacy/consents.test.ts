import { expect, test } from 'vitest';
import { ageAt, minors } from './consents';

test('an age is counted by birthdays', () => {
  expect(ageAt('2010-11-23', '2026-11-22')).toBe(15);
  expect(ageAt('2010-11-23', '2026-11-23')).toBe(16);
  expect(ageAt('23/11/2010', '2026-11-24')).toBe(16);
  expect(ageAt('', '2026-11-24')).toBe(null);
  expect(ageAt('hôm qua', '2026-11-24')).toBe(null);
});

test('children are found by their places', () => {
  const people = [
    { name: 'A', birth_date: '1990-01-01' },
    { name: 'B', birth_date: '2015-05-05' },
    { name: 'C' },
    { name: 'D', birth_date: '24/11/2010' },
  ];
  expect(minors(people, 16, '2026-11-23')).toEqual([2, 4]);
});
