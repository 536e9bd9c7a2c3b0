import { describe, expect, it } from 'vitest';
import { decimals, integer, parseScaled, scaled } from './number';

describe('numbers as people here write them', () => {
  it('groups thousands by language', () => {
    expect(integer(1500000, 'vi')).toBe('1.500.000');
    expect(integer(1500000, 'en')).toBe('1,500,000');
    expect(integer(999, 'vi')).toBe('999');
    expect(integer(-2918, 'vi')).toBe('−2.918');
  });

  it('shows hundredths of a point without rounding', () => {
    expect(scaled(8175, { locale: 'vi' })).toBe('81,75');
    expect(scaled(750, { locale: 'vi' })).toBe('7,5');
    expect(scaled(6900, { locale: 'vi', fixed: 2 })).toBe('69,00');
    expect(scaled(5, { locale: 'vi' })).toBe('0,05');
    expect(scaled(-50, { locale: 'vi' })).toBe('−0,5');
    expect(scaled(123456789, { locale: 'vi' })).toBe('1.234.567,89');
    expect(scaled(750, { locale: 'en' })).toBe('7.5');
  });

  it('gives scores beside each other the same decimals: none, or two', () => {
    expect(decimals(1700, 1550)).toBe(2);
    expect(decimals(1700, null, 1600)).toBe(0);
    expect(decimals()).toBe(0);
    expect([1700, 1550].map((v) => scaled(v, { locale: 'vi', fixed: decimals(1700, 1550) }))).toEqual([
      '17,00',
      '15,50',
    ]);
  });

  it('reads a decimal comma as one: 7,5 is never 7', () => {
    expect(parseScaled('7,5', 2, 'vi')).toBe(750);
    expect(parseScaled('7,05', 2, 'vi')).toBe(705);
    expect(parseScaled(' 81,75 ', 2, 'vi')).toBe(8175);
    expect(parseScaled('7,', 2, 'vi')).toBe(700);
    expect(parseScaled(',5', 2, 'vi')).toBe(50);
  });

  it('takes dots in groups of three as thousands, a lone dot as a decimal', () => {
    expect(parseScaled('1.500.000', 0, 'vi')).toBe(1500000);
    expect(parseScaled('1.500', 2, 'vi')).toBe(150000);
    expect(parseScaled('1.500,5', 2, 'vi')).toBe(150050);
    expect(parseScaled('7.5', 2, 'vi')).toBe(750);
    expect(parseScaled('1,500', 2, 'en')).toBe(150000);
  });

  it('refuses what is no number and what would have to be rounded', () => {
    for (const text of ['', 'bảy', '7,5,5', '1.50.000', '7,555', '--3', '1e3']) {
      expect(parseScaled(text, 2, 'vi'), text).toBeNull();
    }
    expect(parseScaled('7,5', 0, 'vi')).toBeNull();
    expect(parseScaled('99999999999999999999', 2, 'vi')).toBeNull();
  });

  it('reads back whatever it shows', () => {
    for (let i = 0; i < 2000; i++) {
      const value = Math.round((Math.sin(i) * 10 ** (i % 12)) / 3);
      for (const locale of ['vi', 'en'] as const) {
        expect(parseScaled(scaled(value, { locale, fixed: i % 3 }), 2, locale)).toBe(value === 0 ? 0 : value);
      }
    }
  });
});
