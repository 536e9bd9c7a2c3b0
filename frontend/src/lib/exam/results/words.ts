// Words and small readings of an exam's results, for organizers and contestants.
import type { components } from '$lib/api';
import { answerLine, type Content } from '$lib/bank/content';
import { m } from '$lib/paraglide/messages.js';

export { about, appealState } from './own';

type Schemas = components['schemas'];
export type Standings = Schemas['ExamStandingsView'];
export type StandingRow = Schemas['ExamStandingRow'];
export type Units = Schemas['ExamUnitsView'];
export type UnitRow = Schemas['ExamUnitStanding'];
export type Statistics = Schemas['ExamPeriodStatistics'];
export type Item = Schemas['ExamItemReport'];
export type Pair = Schemas['ExamAlikeView'];
export type Appeal = Schemas['ExamAppealView'];
export type Publication = Schemas['ExamPublishView'];
export type ReviewItem = Schemas['ExamReviewItem'];

/** Whoever did not guess is farther off than any guess. */
const noGuess = 2 ** 50;
export const guessed = (row: StandingRow) => row.distance < noGuess;

export const verdicts = {
  right: { tone: 'good', words: m.exam_result_v_right },
  partly: { tone: 'warn', words: m.exam_result_v_partly },
  wrong: { tone: 'bad', words: m.exam_result_v_wrong },
  missing: { tone: 'neutral', words: m.exam_result_v_missing },
  void: { tone: 'accent', words: m.exam_result_v_void },
} as const;

/** The key may be read: an item that was voided while others may yet be asked it comes without. */
export function keyed(item: ReviewItem): boolean {
  const key = item.outcome?.key;
  if (!key || !item.outcome?.void) return Boolean(key);
  return Boolean(
    key.options.length ||
    key.texts.length ||
    key.number ||
    key.order?.length ||
    key.pairs?.length ||
    key.blanks?.length,
  );
}

/** The right answer in one line. */
export function keyLine(item: ReviewItem): string {
  if (!item.outcome || !keyed(item)) return '';
  return answerLine({ ...item.question, key: item.outcome.key } as unknown as Content);
}

/** What was answered, in one line. */
export function ownLine(item: ReviewItem): string {
  const { question, answer } = item;
  if (!answer) return '';
  const text = (id: string, list: { id: string; text: string }[] = question.options) =>
    list.find((o) => o.id === id)?.text || id.toUpperCase();
  if (answer.text) return answer.text;
  if (answer.parts?.length) {
    return answer.parts
      .map((p) => {
        if (question.type === 'true_false_group') {
          return `${p.id}) ${p.value === 'true' ? m.bank_true() : m.bank_false()}`;
        }
        if (question.type === 'matching') return `${text(p.id)} → ${text(p.value, question.targets)}`;
        const choices = question.blanks?.find((b) => b.id === p.id)?.options;
        return `(${p.id}) ${choices ? text(p.value, choices) : p.value}`;
      })
      .join(' · ');
  }
  return (answer.options ?? []).map((id) => text(id)).join(question.type === 'ordering' ? ' → ' : ' · ');
}

/** Why an item earned what it earned. */
export function reason(item: ReviewItem, points: (n: number) => string): string {
  const o = item.outcome;
  if (!o) return m.exam_result_still_drawn();
  if (o.void === 'nobody') return m.exam_result_void_nobody();
  if (o.void === 'everybody') return m.exam_result_void_everybody({ points: points(item.points) });
  switch (o.verdict) {
    case 'right':
      return m.exam_result_why_right({ points: points(o.points) });
    case 'partly':
      return m.exam_result_why_partly({ points: points(o.points), max: points(item.points) });
    case 'missing':
      return m.exam_result_why_missing();
    default:
      return m.exam_result_why_wrong();
  }
}
