// What the forms of all types have in common.
import { m } from '$lib/paraglide/messages.js';
import type { Question, Reveal } from '../views';
import type { Draft, Shown } from '../contestant/seat.svelte';

export type Part = { id: string; value: string };

export type AnswerProps = {
  question: Question;
  reveal: Reveal | undefined;
  shown: Shown;
  /** Answers are taken now. */
  open: boolean;
  /** Which parts of the answer turned out to be right, once that is public. */
  results: { id: string; right: boolean }[] | undefined;
  /** Server time of the end, in microseconds. */
  deadline: number | undefined;
  onanswer: (draft: Draft) => void;
};

export const valueOf = (parts: readonly Part[], id: string) => parts.find((p) => p.id === id)?.value ?? '';

/** The parts with one of them changed; an empty value takes it out. */
export function withPart(parts: readonly Part[], id: string, value: string): Part[] {
  const others = parts.filter((p) => p.id !== id);
  return value === '' ? others : [...others, { id, value }];
}

/** What partly right answers earn, in words. */
export function creditWords(question: Pick<Question, 'type' | 'credit' | 'credit_table'>): string {
  switch (question.credit) {
    case 'right_minus_wrong':
      return m.answer_credit_right_minus_wrong();
    case 'proportion':
      return m.answer_credit_proportion();
    case 'per_part':
      return question.type === 'ordering' ? m.answer_credit_places() : m.answer_credit_parts();
    case 'in_sequence':
      return m.answer_credit_sequence();
    case 'table':
      return m.answer_credit_table({
        table: (question.credit_table ?? []).map((share, i) => `${i + 1}: ${percent(share)}`).join(' · '),
      });
    default:
      return question.type === 'single' || question.type === 'true_false' ? '' : m.answer_credit_whole();
  }
}

/** 2500 as "25 %". */
export const percent = (share: number) => `${String(share / 100).replace('.', ',')} %`;
