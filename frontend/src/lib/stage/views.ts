// The views of a host-led round by short names, and the few words that several of its screens share.
import type { components } from '$lib/api/schema.gen';
import { scaled } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';
import { fileAddress } from './files.svelte';

type Schemas = components['schemas'];
export type AudienceView = Schemas['StageAudienceView'];
export type ContestantView = Schemas['StageContestantView'];
export type OwnView = Schemas['StageOwnView'];
export type OwnAnswer = Schemas['StageOwnAnswer'];
export type ConsoleView = Schemas['StageConsoleView'];
export type ConsoleCounts = Schemas['StageConsoleCounts'];
export type PlayView = Schemas['StagePlayView'];
export type Reveal = Schemas['StageReveal'];
export type TallyLine = Schemas['StageTallyLine'];
export type Question = Schemas['BankQuestion'];
export type Settings = Schemas['StageSettings'];
export type CueCommand = Schemas['StageCueCommand'];
export type Cue = CueCommand['cue'];

/** The sign of an option: its place in the list, not its id, which stays with the text. */
export const letterOf = (index: number) => String.fromCharCode(65 + index);

/** "A, C": the letters of some options, in the order of the question. */
export const lettersOf = (question: Pick<Question, 'options'>, ids: readonly string[]) =>
  question.options.flatMap((o, i) => (ids.includes(o.id) ? [letterOf(i)] : [])).join(', ');

/** A decimal of the server ("87.5") as it is written here ("87,5"). */
export function decimal(text: string): string {
  return getLocale() === 'vi' ? text.replace('.', ',') : text;
}

/** "87,5 ± 0,5" */
export function numberKey(key: { number?: string; tolerance?: string }): string {
  const value = decimal(key.number ?? '');
  return key.tolerance && Number(key.tolerance) > 0 ? `${value} ± ${decimal(key.tolerance)}` : value;
}

/** Microseconds as seconds with hundredths: "3,25". */
export const secondsOf = (us: number) => scaled(Math.round(us / 10_000));

/** "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 4" */
export const sourceText = (source: Schemas['BankSource']) =>
  [source.act, source.article].filter(Boolean).join(', ') || source.note;

export function typeWords(type: Question['type']): string {
  switch (type) {
    case 'single':
      return m.stage_type_single();
    case 'multiple':
      return m.stage_type_multiple();
    case 'true_false':
      return m.stage_type_true_false();
    case 'short_text':
      return m.stage_type_short_text();
    case 'numeric':
      return m.stage_type_numeric();
    case 'true_false_group':
      return m.stage_type_true_false_group();
    case 'fill_in':
      return m.stage_type_fill_in();
    case 'ordering':
      return m.stage_type_ordering();
    case 'matching':
      return m.stage_type_matching();
  }
}

/** Where the picture of a question can be had. While it is being opened, nothing of its size takes its place. */
export const imageAddress = (image: { file_id: string; width: number; height: number }) =>
  fileAddress(image.file_id) ||
  `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='${image.width}' height='${image.height}'/>`;
