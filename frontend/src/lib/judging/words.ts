// Rules of a judged round in words: the same sentences for the judge, the secretary and the printed table.
import { clockDigits } from '$lib/format/duration';
import { percent, points } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { Combining, MarkingRules, Overtime, Working } from './types';

/** 90 → "1 phút 30 giây" */
export function seconds(total: number): string {
  const minutes = Math.floor(total / 60);
  const rest = total % 60;
  if (minutes === 0) return m.judging_seconds({ seconds: rest });
  if (rest === 0) return m.judging_minutes({ minutes });
  return m.judging_minutes_seconds({ minutes, seconds: rest });
}

/** "Trừ tự động khi quá 8 phút: từ 1 giây trừ 0,25; từ 1 phút trừ 0,5" */
export function overtimeRule(rule: Overtime): string {
  if (rule.method === 'none' || rule.limit_seconds === 0) {
    return rule.limit_seconds > 0
      ? m.judging_overtime_free({ limit: seconds(rule.limit_seconds) })
      : m.judging_overtime_none();
  }
  const table =
    rule.method === 'per_minute'
      ? m.judging_overtime_minute({ points: points(rule.per_minute ?? 0) })
      : (rule.steps ?? [])
          .map((s) => m.judging_overtime_step({ time: seconds(s.from_seconds), points: points(s.deduction) }))
          .join('; ');
  return m.judging_overtime_rule({ limit: seconds(rule.limit_seconds), table });
}

/** How the sheets become a score, in one sentence: "Bỏ 1 phiếu cao nhất và 1 phiếu thấp nhất, lấy trung bình…" */
export function combiningRule(rules: MarkingRules): string {
  const sentence = methodRule(rules.combining);
  return rules.absent === 'wait' ? `${sentence} ${m.combining_absent_rule()}` : sentence;
}

function methodRule(c: Combining): string {
  const { decimals } = c;
  switch (c.method) {
    case 'trimmed_mean':
      return m.judging_combining_trimmed({ drop: c.drop ?? 1, decimals });
    case 'median':
      return m.combining_rule_median({ decimals });
    case 'mean_within':
      return m.combining_rule_within({ distance: points(c.distance ?? 0), decimals });
    case 'rank_sum':
      return m.combining_rule_places();
    case 'two_markers': {
      const given = { threshold: percent(c.threshold ?? 0), decimals };
      return c.third === 'all'
        ? m.combining_rule_markers_all(given)
        : c.third === 'alone'
          ? m.combining_rule_markers_alone(given)
          : m.combining_rule_markers_nearer(given);
    }
    case 'z_score':
      return m.combining_rule_scale({ least: c.least_sheets ?? 0, decimals });
    default:
      return m.judging_combining_mean({ decimals });
  }
}

/** "dùng 8:42, giới hạn 8:00, quá 0:42" */
export function overtimeWorking(working: Working): string {
  const o = working.overtime;
  const at = (s: number) => clockDigits(s * 1000);
  if (o.limit_seconds === 0) return m.judging_overtime_used({ used: at(o.used_seconds) });
  if (o.over_seconds === 0)
    return m.judging_overtime_within({ used: at(o.used_seconds), limit: at(o.limit_seconds) });
  return m.judging_overtime_over({
    used: at(o.used_seconds),
    limit: at(o.limit_seconds),
    over: at(o.over_seconds),
  });
}

/** A performance for practice has no place in the running order. */
export const placeOf = (turn: { position: number; calibration: boolean }) =>
  turn.calibration ? m.desk_trial_short() : String(turn.position);

export const seatName = (seat: number) => m.judging_seat({ seat });

/** “Một cửa, một nụ cười”: in quotation marks once, also when they were typed with the title. */
export const quoted = (title: string) => `“${title.replace(/^[“"«\s]+|[”"»\s]+$/g, '')}”`;
