// The views of an online exam by short names, and what reads them.
import type { components } from '$lib/api/schema.gen';
import { clockDigits } from '$lib/format/duration';
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';

type Schemas = components['schemas'];
export type RoundView = Schemas['ExamRoundView'];
export type OwnView = Schemas['ExamOwnView'];
export type OwnPeriod = Schemas['ExamOwnPeriod'];
export type OwnAttempt = Schemas['ExamOwnAttempt'];
export type OwnOpen = Schemas['ExamOwnOpen'];
export type OwnNotice = Schemas['ExamOwnNotice'];
export type PaperView = Schemas['ExamPaperView'];
export type PaperItem = Schemas['ExamPaperItem'];
export type Saved = Schemas['ExamSaved'];
export type Started = Schemas['ExamStarted'];
export type Submitted = Schemas['ExamSubmitted'];
export type ResponseStored = Schemas['ExamResponseStored'];

/** The places of a paper that hold no item. */
export const placeGuess = 0;
export const placeFlags = -1;

/** Where a period stands for this entry at a moment of the server's time. */
export type Standing = 'before' | 'open' | 'used' | 'over';

export function standing(period: OwnPeriod, nowUs: number): Standing {
  if (nowUs < period.opens_us) return 'before';
  if (nowUs >= period.closes_us) return 'over';
  return period.left === 0 ? 'used' : 'open';
}

/** The period to show first: the open one, else the next, else the last. */
export function current(periods: readonly OwnPeriod[], nowUs: number): OwnPeriod | undefined {
  return (
    periods.find((p) => standing(p, nowUs) === 'open') ??
    periods.find((p) => standing(p, nowUs) === 'before') ??
    [...periods].reverse().find((p) => standing(p, nowUs) === 'used') ??
    periods[periods.length - 1]
  );
}

/** Seconds as people say them: "20 phút", "1 giờ 30 phút", "45 giây". */
export function lengthOf(seconds: number): string {
  const words = getLocale() === 'vi' ? { h: 'giờ', min: 'phút', s: 'giây' } : { h: 'h', min: 'min', s: 's' };
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return [
    h ? `${h} ${words.h}` : '',
    min ? `${min} ${words.min}` : '',
    s || !(h + min) ? `${s} ${words.s}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A wait: "2 ngày 3:04:05" or "3:04:05". */
export function waitOf(us: number): string {
  const days = Math.floor(us / 86_400_000_000);
  const digits = clockDigits((us % 86_400_000_000) / 1000);
  return days > 0 ? `${days} ${getLocale() === 'vi' ? 'ngày' : 'd'} ${digits}` : digits;
}

/** "3,7" as places. */
export const placesOf = (text: string): number[] =>
  text
    .split(',')
    .map(Number)
    .filter((place) => Number.isInteger(place) && place > 0);

/** Places by their names, in one line. */
export const namesOf = (places: number[]): string =>
  places.map((place) => (place === placeGuess ? m.sitting_guess_short() : integer(place))).join(', ');

/** When something happened in a notice last: it was written, or answered. */
export const newestOf = (notice: OwnNotice) => Math.max(notice.at_us, notice.reply_us ?? 0);
