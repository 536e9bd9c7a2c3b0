// The rules of an online exam in plain words.
import type { components } from '$lib/api/schema.gen';
import { dateTime, fromMicros } from '$lib/format/date';
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';

type Schemas = components['schemas'];
export type ExamSetup = Schemas['ExamSetupView'];
export type Settings = Schemas['ExamSettings'];
export type Period = Schemas['ExamSetupPeriodView'];
export type Blueprint = Schemas['ExamSetupBlueprint'];
export type Window = Schemas['ExamWindow'];
export type Metric = Settings['ranking'][number];
export type Moment = Settings['show_score'];

export const metrics = ['points', 'correct', 'guess', 'time', 'submitted'] as const;

export function metricWords(metric: string): string {
  switch (metric) {
    case 'points':
      return m.exam_setup_by_points();
    case 'correct':
      return m.exam_setup_by_correct();
    case 'guess':
      return m.exam_setup_by_guess();
    case 'time':
      return m.exam_setup_by_time();
    default:
      return m.exam_setup_by_submitted();
  }
}

export function momentWords(moment: Moment, live = false): string {
  switch (moment) {
    case 'at_submit':
      return live ? m.exam_setup_moment_live() : m.exam_setup_moment_submit();
    case 'after_window':
      return m.exam_setup_moment_window();
    case 'published':
      return m.exam_setup_moment_published();
    case 'never':
      return m.exam_setup_moment_never();
  }
}

export function guessWords(guess: Settings['guess']): string {
  switch (guess) {
    case 'all_right':
      return m.exam_setup_guess_all_right();
    case 'entrants':
      return m.exam_setup_guess_entrants();
    case 'share':
      return m.exam_setup_guess_share();
    default:
      return m.exam_setup_guess_none();
  }
}

/** 20 phút · 1 giờ 30 phút · 45 giây */
export function durationWords(seconds: number): string {
  if (seconds % 60 !== 0) return m.exam_setup_seconds({ n: integer(seconds) });
  const minutes = seconds / 60;
  if (minutes < 60 || minutes % 60 !== 0) return m.exam_setup_minutes({ n: integer(minutes) });
  return m.exam_setup_hours({ n: integer(minutes / 60) });
}

export const windowWords = (w: Window, zone: string) =>
  m.exam_setup_from_to({
    from: dateTime(fromMicros(w.opens_us), zone),
    to: dateTime(fromMicros(w.closes_us), zone),
  });

export const everybody = (p: Pick<Period, 'windows'>) => p.windows.find((w) => w.division_id === 0);

/** The blueprint that papers of a period and division are drawn from: the most specific one. */
export function sourceOf(s: Settings, period: number, division: number): number {
  let found = 0;
  let most = -1;
  for (const x of s.sources) {
    if ((x.period_id && x.period_id !== period) || (x.division_id && x.division_id !== division)) continue;
    const weight = (x.period_id ? 2 : 0) + (x.division_id ? 1 : 0);
    if (weight > most) [found, most] = [x.blueprint_id, weight];
  }
  return found;
}

/** What the settings mean, as one would tell it to somebody: a sentence each. */
export function summary(
  s: Settings,
  exam: Pick<ExamSetup, 'periods' | 'blueprints' | 'divisions'>,
): string[] {
  const paper = exam.blueprints.find((b) => b.id === sourceOf(s, 0, 0));
  const own = s.divisions.length > 0;
  const tries =
    s.attempts === 0
      ? m.exam_setup_sum_unlimited()
      : s.attempts === 1
        ? m.exam_setup_sum_once()
        : m.exam_setup_sum_tries({ n: integer(s.attempts) });
  const time =
    s.duration_s === 0
      ? m.exam_setup_sum_no_limit()
      : m.exam_setup_sum_duration({ time: durationWords(s.duration_s) });
  const counts =
    s.attempts === 1
      ? ''
      : s.counts === 'best'
        ? m.exam_setup_sum_best()
        : s.counts === 'first'
          ? m.exam_setup_sum_first()
          : m.exam_setup_sum_last();
  const periods = exam.periods.length;
  return [
    [tries, time + (own ? ` ${m.exam_setup_sum_division_time()}` : ''), counts].filter(Boolean).join(', ') +
      '.',
    paper ? m.exam_setup_sum_paper({ items: integer(paper.items), name: paper.name }) : '',
    s.guess ? m.exam_setup_sum_guess({ guess: guessWords(s.guess) }) : '',
    m.exam_setup_sum_ranking({ list: s.ranking.map(metricWords).join(' → ') }),
    s.pass_percent > 0 ? m.exam_setup_sum_pass({ percent: integer(s.pass_percent) }) : '',
    periods > 1
      ? s.overall === 'sum'
        ? m.exam_setup_sum_periods_sum({ n: integer(periods) })
        : m.exam_setup_sum_periods_best({ n: integer(periods) })
      : '',
    m.exam_setup_sum_show({
      score: momentWords(s.show_score),
      keys: momentWords(s.show_keys),
      board: momentWords(s.show_board, true),
    }),
    s.open_entry || s.account_entry ? '' : m.exam_setup_sum_closed(),
    s.open_entry ? m.exam_setup_sum_open() : '',
    s.account_entry ? m.exam_setup_sum_account() : '',
    s.appeal_days > 0 ? m.exam_setup_sum_appeal({ n: integer(s.appeal_days) }) : m.exam_setup_sum_no_appeal(),
  ].filter(Boolean);
}
