// An exam's standings as everybody may read them.
import { api, call } from '$lib/api/client';
import type { components } from '$lib/api/schema.gen';
import { dateTime, fromMicros } from '$lib/format/date';
import { m } from '$lib/paraglide/messages.js';

type Schemas = components['schemas'];
export type PublicExam = Schemas['ExamPublicExam'];
export type PublicPeriod = Schemas['ExamPublicPeriod'];
export type PublicRow = Schemas['ExamStandingRow'];

/** How many rows a page has. */
export const many = 50;

export const loadPublicExam = (slug: string, round: number, fetch?: typeof globalThis.fetch) =>
  call(api.GET('/api/audience/contests/{slug}/exams/{round}', { params: { path: { slug, round } }, fetch }));

export type Wanted = { period: number; division: number; q: string; offset: number };

export const loadStandings = (slug: string, round: number, wanted: Wanted, signal: AbortSignal) =>
  call(
    api.GET('/api/audience/contests/{slug}/exams/{round}/standings', {
      params: { path: { slug, round }, query: { ...wanted, limit: many } },
      signal,
    }),
  );

/** What may be read: all together (0) first, then the periods, the newest first. */
export function readable(exam: PublicExam): number[] {
  const periods = exam.periods.filter((p) => p.public).map((p) => p.id);
  const several = exam.periods.length > 1;
  return [...(exam.overall && several ? [0] : []), ...periods.reverse()];
}

/** Why the standings of a period are not there, in one line. */
export function whyNot(exam: PublicExam, period: PublicPeriod, nowUs: number, zone: string): string {
  const at = (us: number) => dateTime(fromMicros(us), zone);
  if (exam.held) return m.exam_result_public_held();
  if (exam.show_board === 'never') return m.exam_result_public_never();
  if (nowUs < period.opens_us) return m.exam_result_public_before({ time: at(period.opens_us) });
  if (nowUs < period.closes_us && (exam.guess || exam.show_board !== 'at_submit'))
    return exam.guess
      ? m.exam_result_public_guess({ time: at(period.closes_us) })
      : m.exam_result_public_open({ time: at(period.closes_us) });
  if (!period.settled) return m.exam_result_public_counting();
  return m.exam_result_public_wait();
}
