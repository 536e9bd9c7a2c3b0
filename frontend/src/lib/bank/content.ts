// The words and small rules of questions that several pages share. The server decides what is valid; nothing here does.
import type { components } from '$lib/api';
import { parseScaled, scaled } from '$lib/format/number';
import { cleanedBlanks } from './authored';
import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';

type Schemas = components['schemas'];
export type Content = Schemas['BankContent'];
export type Item = Schemas['BankOrganizerItem'];
export type ItemVersion = Schemas['BankOrganizerVersion'];
export type ItemType = Content['type'];
export type Difficulty = Content['difficulty'];
export type Tally = Schemas['BankTallyView'];
export type Preview = Schemas['BankPreview'];
export type PreviewItem = Schemas['BankPreviewItem'];
export type Problem = Schemas['BankProblem'];
export type Image = Schemas['BankImage'];

export type Media = Schemas['BankMedia'];
export type Credit = Content['partial_credit'];

export const types: ItemType[] = [
  'single',
  'multiple',
  'true_false',
  'true_false_group',
  'short_text',
  'numeric',
  'fill_in',
  'ordering',
  'matching',
];
export const difficulties: Difficulty[] = ['recognition', 'understanding', 'application', 'high_application'];
export const maxOptions = 8;
export const maxTargets = 12;
export const maxBlanks = 10;

/** The rules for partly right answers that a type has, the usual one first. */
export const credits: Partial<Record<ItemType, Credit[]>> = {
  multiple: ['all_or_nothing', 'right_minus_wrong', 'proportion'],
  ordering: ['all_or_nothing', 'per_part', 'in_sequence'],
  matching: ['per_part', 'all_or_nothing'],
  fill_in: ['per_part', 'all_or_nothing'],
};

export function typeLabel(type: ItemType): string {
  switch (type) {
    case 'single':
      return m.bank_type_single();
    case 'multiple':
      return m.bank_type_multiple();
    case 'true_false':
      return m.bank_type_true_false();
    case 'short_text':
      return m.bank_type_short_text();
    case 'numeric':
      return m.bank_type_numeric();
    case 'true_false_group':
      return m.bank_type_true_false_group();
    case 'fill_in':
      return m.bank_type_fill_in();
    case 'ordering':
      return m.bank_type_ordering();
    case 'matching':
      return m.bank_type_matching();
  }
}

export function difficultyLabel(difficulty: Difficulty): string {
  switch (difficulty) {
    case 'recognition':
      return m.bank_difficulty_recognition();
    case 'understanding':
      return m.bank_difficulty_understanding();
    case 'application':
      return m.bank_difficulty_application();
    case 'high_application':
      return m.bank_difficulty_high_application();
  }
}

export const letterOf = (index: number) => String.fromCharCode(65 + index);
export const optionId = (index: number) => String.fromCharCode(97 + index);

/** Options with the ids of their places. */
export const letterIds = <T extends { id: string }>(options: T[]): T[] =>
  options.map((o, i) => ({ ...o, id: optionId(i) }));

/** An option in the reader's words: "Đúng" and "Sai" are kept in Vietnamese and shown in either language. */
export function optionText(option: { id: string; text: string }): string {
  if (option.id === 'true') return m.bank_true();
  if (option.id === 'false') return m.bank_false();
  return option.text;
}

/** "7.5" as the reader writes it. */
export function decimal(canonical: string): string {
  const value = parseScaled(canonical, 6, 'en');
  return value === null ? canonical : scaled(value, { scale: 6 });
}

/** What the reader typed ("7,5", "1.500") in the one form of the contract; what is no number goes to the server as it is. */
export function canonical(text: string): string {
  const value = parseScaled(text, 6);
  if (value === null) return text.trim();
  const sign = value < 0 ? '-' : '';
  const digits = String(Math.abs(value)).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return sign + digits.slice(0, -6) + (fraction ? `.${fraction}` : '');
}

const worded = (options: { id: string; text: string; image?: Image }[], id: string) => {
  const option = options.find((o) => o.id === id);
  return option?.text || option?.image?.alt || '';
};

/** The right answer in one line. */
export function answerLine(content: Content): string {
  switch (content.type) {
    case 'short_text':
      return content.key.texts.join(' · ');
    case 'numeric':
      return content.key.tolerance === '0'
        ? decimal(content.key.number)
        : `${decimal(content.key.number)} ± ${decimal(content.key.tolerance)}`;
    case 'true_false':
      return content.key.options[0] === 'false'
        ? m.bank_false()
        : content.key.options[0]
          ? m.bank_true()
          : '';
    case 'true_false_group':
      return content.options
        .map((o) => `${o.id}) ${content.key.options.includes(o.id) ? m.bank_true() : m.bank_false()}`)
        .join(' · ');
    case 'ordering':
      return (content.key.order ?? []).map((id) => worded(content.options, id)).join(' → ');
    case 'matching':
      return (content.key.pairs ?? [])
        .map((p) => `${worded(content.options, p.option)} → ${worded(content.targets ?? [], p.target)}`)
        .join(' · ');
    case 'fill_in':
      return (content.key.blanks ?? [])
        .map((key) => {
          const choices = content.blanks?.find((b) => b.id === key.id)?.options ?? [];
          const number = key.number
            ? decimal(key.number) +
              (key.tolerance && key.tolerance !== '0' ? ` ± ${decimal(key.tolerance)}` : '')
            : '';
          return `(${key.id}) ${worded(choices, key.option ?? '') || key.texts?.[0] || number}`;
        })
        .join(' · ');
    default:
      return content.options
        .filter((o) => content.key.options.includes(o.id))
        .map((o) => `${o.id.toUpperCase()}. ${o.text}`)
        .join(' · ');
  }
}

export function sourceLine(content: Content): string {
  const { act, article, note } = content.source;
  return [act, article].filter(Boolean).join(', ') || note;
}

export const problemText = (p: { vi: string; en: string }) => (getLocale() === 'en' ? p.en : p.vi);

export function emptyContent(): Content {
  return {
    schema: 2,
    type: 'single',
    stem: '',
    options: [0, 1, 2, 3].map((i) => ({ id: optionId(i), text: '', pinned: false })),
    key: { options: [], texts: [], ignore_marks: false, number: '', tolerance: '0' },
    partial_credit: 'all_or_nothing',
    explanation: '',
    source: { act: '', article: '', note: '' },
    topic: '',
    difficulty: 'recognition',
  };
}

/** A plain copy that shares nothing with the original. */
export const copy = (content: Content): Content => JSON.parse(JSON.stringify(content)) as Content;

/** Gives a content another type and keeps all that still has a meaning. */
export function withType(content: Content, type: ItemType): Content {
  const next = { ...copy(content), type };
  if (type === 'true_false') {
    next.options = [
      { id: 'true', text: 'Đúng', pinned: true },
      { id: 'false', text: 'Sai', pinned: true },
    ];
    next.key.options = content.type === 'true_false' ? content.key.options : [];
    next.targets = next.blanks = next.credit_table = undefined;
    next.key = { ...next.key, order: undefined, pairs: undefined, blanks: undefined };
    next.partial_credit = 'all_or_nothing';
    return next;
  }
  if (type === 'single' || type === 'multiple') {
    if (content.type !== 'single' && content.type !== 'multiple') {
      const lined = ['true_false_group', 'ordering', 'matching'].includes(content.type);
      next.options = lined ? next.options : emptyContent().options;
      next.key.options = [];
      next.targets = next.key.pairs = next.key.order = next.credit_table = undefined;
      next.blanks = next.key.blanks = undefined;
    }
    if (type === 'single') next.key.options = next.key.options.slice(0, 1);
    next.partial_credit = 'all_or_nothing';
    return next;
  }
  // Lines of one kind become lines of another; what is right has to be said anew.
  const lined = (t: ItemType) => t === 'true_false_group' || t === 'ordering' || t === 'matching';
  const had = content.type === 'single' || content.type === 'multiple' || lined(content.type);
  next.options = lined(type) ? (had ? next.options : emptyContent().options) : [];
  next.key.options = [];
  next.key.order = type === 'ordering' ? next.options.map((o) => o.id) : undefined;
  next.targets = next.key.pairs = next.blanks = next.key.blanks = next.credit_table = undefined;
  if (type === 'matching') {
    next.targets = next.options.map((_, i) => ({ id: String(i + 1), text: '', pinned: false }));
    next.key.pairs = next.options.map((o, i) => ({ option: o.id, target: String(i + 1) }));
  }
  next.partial_credit = credits[type]?.[0] ?? (type === 'true_false_group' ? 'table' : 'all_or_nothing');
  return next;
}

/** Only the fields that belong to the type, in the form of the contract. */
export function cleaned(content: Content): Content {
  const next = copy(content);
  next.key.texts = next.type === 'short_text' ? next.key.texts.filter((t) => t.trim() !== '') : [];
  if (next.type === 'numeric') {
    next.key.tolerance = next.key.tolerance.trim() === '' ? '0' : next.key.tolerance;
  } else {
    next.key.number = '';
    next.key.tolerance = '';
  }
  if (next.type !== 'short_text') next.key.ignore_marks = false;
  if (next.type === 'fill_in') cleanedBlanks(next);
  return next;
}
