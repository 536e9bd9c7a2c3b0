// The words of a bank's review: states, steps, where items stand and were used.
import type { components } from '$lib/api';
import { date } from '$lib/format/date';
import { m } from '$lib/paraglide/messages.js';
import type { PillTone } from '$lib/ui';
import { answerLine, difficultyLabel, optionText, typeLabel, type Content } from './content';

type Schemas = components['schemas'];
export type Listed = Schemas['BankListedItem'];
export type Topic = Schemas['BankTopic'];
export type Act = Schemas['BankAct'];
export type Review = Schemas['BankReview'];
export type Record = Schemas['BankRecord'];
export type View = Schemas['BankView'];
export type Use = Schemas['BankUse'];
export type Change = Schemas['BankChange'];
export type Filter = Required<Schemas['BankFilterIn']>;
export type State = Listed['state'];
export type Step = Schemas['BankTaken']['step'];

export const states: State[] = ['draft', 'in_review', 'sent_back', 'approved'];

export function stateLabel(state: State): string {
  switch (state) {
    case 'draft':
      return m.review_state_draft();
    case 'in_review':
      return m.review_state_in_review();
    case 'sent_back':
      return m.review_state_sent_back();
    case 'approved':
      return m.review_state_approved();
  }
}

export function stateTone(state: State): PillTone {
  return state === 'approved'
    ? 'good'
    : state === 'in_review'
      ? 'accent'
      : state === 'sent_back'
        ? 'warn'
        : 'neutral';
}

export function stepWords(step: Step): string {
  switch (step) {
    case 'submit':
      return m.review_did_submit();
    case 'withdraw':
      return m.review_did_withdraw();
    case 'approve':
      return m.review_did_approve();
    case 'send_back':
      return m.review_did_send_back();
    case 'check':
      return m.review_did_check();
    case 'retire':
      return m.review_did_retire();
    case 'restore':
      return m.review_did_restore();
  }
}

export function wayWords(how: View['how']): string {
  switch (how) {
    case 'open':
      return m.review_way_open();
    case 'history':
      return m.review_way_history();
    case 'export':
      return m.review_way_export();
    case 'compare':
      return m.review_way_compare();
    case 'print':
      return m.review_way_print();
  }
}

/** "Đã dùng ở vòng Khởi động, 20/9/2026": the newest use that has begun, else the round it waits for. */
export function useLine(uses: Use[], zone: string): string {
  const begun = uses.find((u) => u.at && !u.reserve) ?? uses.find((u) => u.at);
  const use = begun ?? uses[0];
  if (!use) return '';
  const words = use.at
    ? m.review_used_in({ round: use.round, date: date(use.at, zone) })
    : m.review_planned_in({ round: use.round });
  return uses.length > 1 ? `${words} ${m.review_used_more({ n: uses.length - 1 })}` : words;
}

/** A content as named lines of text, to be compared with another. */
export function fieldsOf(c: Content): { key: string; label: string; text: string }[] {
  const source = [c.source.act, c.source.article, c.source.note].filter(Boolean).join(' · ');
  const lines = (list: Content['options'] | undefined) =>
    (list ?? [])
      .map(
        (o) =>
          `${o.id === 'true' || o.id === 'false' ? '' : `${o.id}) `}${optionText(o)}${o.image ? ` [${m.bank_has_image()}: ${o.image.alt}]` : ''}`,
      )
      .join('\n');
  return [
    { key: 'type', label: m.bank_type(), text: typeLabel(c.type) },
    { key: 'stem', label: m.bank_stem(), text: c.stem },
    {
      key: 'image',
      label: m.review_field_image(),
      text:
        [c.image?.alt, c.media?.alt].filter(Boolean).join(' · ') +
        ` ${c.image?.hash.slice(0, 8) ?? ''}${c.media?.hash.slice(0, 8) ?? ''}`,
    },
    { key: 'options', label: m.bank_options(), text: lines(c.options) },
    { key: 'targets', label: m.bank_pair_right_short(), text: lines(c.targets) },
    { key: 'key', label: m.bank_answer(), text: answerLine(c) },
    { key: 'explanation', label: m.bank_explanation(), text: c.explanation },
    { key: 'source', label: m.bank_act(), text: source },
    { key: 'difficulty', label: m.bank_difficulty(), text: difficultyLabel(c.difficulty) },
    { key: 'topic', label: m.bank_topic(), text: c.topic },
  ].map((f) => ({ ...f, text: f.text.trim() }));
}
