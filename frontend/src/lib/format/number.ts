// Numbers as people here write them: 1.500.000 and 7,5 (in English 1,500,000 and 7.5). Points, marks, weights and
// scores are whole numbers of hundredths everywhere in the program; only these functions turn them into text and back.
import { getLocale } from '$lib/paraglide/runtime.js';

type Locale = 'vi' | 'en';

const marks: Record<Locale, { group: string; decimal: string }> = {
  vi: { group: '.', decimal: ',' },
  en: { group: ',', decimal: '.' },
};

const grouped = (digits: string, group: string) => digits.replace(/\B(?=(\d{3})+$)/g, group);

/** 1500000 → "1.500.000" */
export function integer(value: number, locale: Locale = getLocale()): string {
  const text = grouped(String(Math.abs(Math.trunc(value))), marks[locale].group);
  return value < 0 ? `−${text}` : text;
}

/**
 * A whole number of 10^-scale units as decimal text: scaled(750) → "7,5"; scaled(6900, { fixed: 2 }) → "69,00".
 * `fixed` keeps at least that many digits after the comma.
 */
export function scaled(
  value: number,
  { scale = 2, fixed = 0, locale = getLocale() }: { scale?: number; fixed?: number; locale?: Locale } = {},
): string {
  const digits = String(Math.abs(Math.trunc(value))).padStart(scale + 1, '0');
  const whole = grouped(digits.slice(0, digits.length - scale), marks[locale].group);
  let fraction = scale > 0 ? digits.slice(digits.length - scale) : '';
  while (fraction.length > fixed && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  const text = fraction ? `${whole}${marks[locale].decimal}${fraction}` : whole;
  return value < 0 ? `−${text}` : text;
}

/** Hundredths of a point: 8175 → "81,75", 750 → "7,5". For columns give fixed: 2. */
export const points = (hundredths: number, fixed = 0) => scaled(hundredths, { fixed });

/**
 * How many decimals scores have that stand beside each other: none where all are whole, else two for each, as in the
 * minutes. The same score then reads the same on every page: 27,80 and never 27,8.
 */
export const decimals = (...hundredths: (number | null)[]) =>
  hundredths.some((v) => v !== null && v % 100 !== 0) ? 2 : 0;

/** Hundredths of a percent: 8300 → "83 %". */
export const percent = (hundredths: number) => `${scaled(hundredths)}\u00a0%`;

/** part of whole as a percentage without decimals, "83 %"; "–" when there is no whole. */
export const share = (part: number, whole: number) =>
  whole > 0 ? `${Math.round((part / whole) * 100)}\u00a0%` : '–';

/**
 * Reads what a person typed, as a whole number of 10^-scale units; null when it is not such a number.
 * A decimal comma is one ("7,5" is never 7); dots in groups of three are thousands; a lone dot that groups nothing
 * is taken as a decimal, because some number pads have no comma. Nothing is rounded: too many digits are refused.
 */
export function parseScaled(text: string, scale = 2, locale: Locale = getLocale()): number | null {
  let s = text.replace(/[\s\u00a0\u202f]/g, '').replace(/[−–]/g, '-');
  const negative = s.startsWith('-');
  if (negative) s = s.slice(1);
  const { group, decimal } = marks[locale];
  const groupedForm = new RegExp(`^\\d{1,3}(\\${group}\\d{3})+(\\${decimal}\\d+)?$`);
  if (groupedForm.test(s)) s = s.split(group).join('').replace(decimal, '.');
  else if (/^\d*[.,]?\d*$/.test(s) && /\d/.test(s)) s = s.replace(',', '.');
  else return null;
  const [whole = '', fraction = ''] = s.split('.');
  if (fraction.replace(/0+$/, '').length > scale) return null;
  const value = Number((whole || '0') + fraction.slice(0, scale).padEnd(scale, '0'));
  if (!Number.isSafeInteger(value)) return null;
  return negative && value !== 0 ? -value : value;
}
