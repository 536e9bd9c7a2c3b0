import { describe, expect, it } from 'vitest';
import { date, dateTime, parseDateTime, time, timeOfSecond } from './date';
import { clockDigits } from './duration';

describe('calendar times', () => {
  it('shows the hour of the contest, not of the device', () => {
    expect(dateTime('2026-08-07T07:30:00Z')).toBe('14:30, 07/08/2026');
    expect(date('2026-08-07T20:00:00Z')).toBe('08/08/2026');
    expect(time('2026-08-07T07:30:00Z', 'Europe/Berlin')).toBe('09:30');
    expect(timeOfSecond('2026-08-07T17:00:07Z')).toBe('00:00:07');
  });

  it('reads a day and an hour in the contest zone', () => {
    expect(parseDateTime('07/08/2026', '14:30')).toBe('2026-08-07T07:30:00Z');
    expect(parseDateTime('7/8/2026', '14h30')).toBe('2026-08-07T07:30:00Z');
    expect(parseDateTime('07/08/2026', '14h')).toBe('2026-08-07T07:00:00Z');
    expect(parseDateTime('01/07/2026', '9:00', 'Europe/Berlin')).toBe('2026-07-01T07:00:00Z');
    expect(parseDateTime('01/01/2026', '9:00', 'Europe/Berlin')).toBe('2026-01-01T08:00:00Z');
  });

  it('refuses days and hours that do not exist', () => {
    for (const [day, hour] of [
      ['30/02/2026', '9:00'],
      ['07/13/2026', '9:00'],
      ['07/08/2026', '24:00'],
      ['07/08/2026', '9:61'],
      ['mai', '9:00'],
      ['07/08/2026', ''],
    ] as const) {
      expect(parseDateTime(day, hour), `${day} ${hour}`).toBeNull();
    }
  });

  it('counts a clock up to the last second', () => {
    expect(clockDigits(18_000)).toBe('0:18');
    expect(clockDigits(1)).toBe('0:01');
    expect(clockDigits(0)).toBe('0:00');
    expect(clockDigits(-5)).toBe('0:00');
    expect(clockDigits(342_000)).toBe('5:42');
    expect(clockDigits(3_600_000)).toBe('1:00:00');
  });
});
