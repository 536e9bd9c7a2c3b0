// The words and shapes of blueprints and papers that several pages share.
import type { components } from '$lib/api';
import { difficultyLabel } from '$lib/bank/content';
import { m } from '$lib/paraglide/messages.js';

type Schemas = components['schemas'];
export type Blueprint = Schemas['PaperBlueprintView'];
export type Listed = Schemas['PaperListed'];
export type Spec = Schemas['PaperSpec'];
export type Section = Schemas['PaperSection'];
export type Row = Schemas['PaperRow'];
export type Topic = Schemas['PaperTopicView'];
export type Feasibility = Schemas['PaperFeasibility'];
export type CellState = Schemas['PaperCellState'];
export type Paper = Schemas['PaperView'];
export type Summary = Schemas['PaperSummary'];
export type Keys = Schemas['PaperKeys'];
export type Entry = Schemas['PaperEntryView'];

/** The columns of the matrix: any difficulty, then from the easiest. */
export const levels = ['any', 'recognition', 'understanding', 'application', 'high_application'] as const;
export type Level = (typeof levels)[number];

export const levelLabel = (level: Level | '') =>
  level === 'any' || level === '' ? m.paper_level_any() : difficultyLabel(level);

export const mixes = ['g0', 'g1', 'g2', 'g3'] as const;
export const mixLabel = (mix: Section['mix']) =>
  ({ g0: m.paper_mix_g0, g1: m.paper_mix_g1, g2: m.paper_mix_g2, g3: m.paper_mix_g3 })[mix]();

export const emptyRow = (topic = 0, points = 25): Row => ({
  topic,
  type: '',
  points,
  counts: { any: 0, recognition: 0, understanding: 0, application: 0, high_application: 0 },
});

export const emptySection = (): Section => ({
  title: '',
  note: '',
  mix: 'g3',
  rows: [emptyRow()],
  pinned: [],
});

export const emptySpec = (): Spec => ({
  sections: [emptySection()],
  minutes: 45,
  exclude: { rounds: false, papers: false, since: '' },
});

export const rowItems = (row: Row) => levels.reduce((sum, level) => sum + row.counts[level], 0);

export function totals(spec: Spec): { items: number; points: number } {
  let items = 0;
  let points = 0;
  for (const section of spec.sections) {
    for (const row of section.rows) {
      items += rowItems(row);
      points += rowItems(row) * row.points;
    }
    items += section.pinned.length;
    points += section.pinned.reduce((sum, p) => sum + p.points, 0);
  }
  return { items, points };
}

export const sectionName = (section: Section | undefined, index: number) =>
  section?.title || m.paper_section({ n: String(index + 1) });

/** Codes as people type them: "101, 102" or one below the other. */
export const codesOf = (text: string) =>
  text
    .split(/[\s,;]+/)
    .map((c) => c.trim().toUpperCase())
    .filter(Boolean);
