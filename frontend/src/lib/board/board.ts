// A board as its screens need it. Nothing is ranked or added up here: places, ties and totals are the server's.
import type { components } from '$lib/api/schema.gen';

type Schemas = components['schemas'];
export type BoardView = Schemas['LeaderboardBoardView'];
export type BoardRow = Schemas['LeaderboardRow'];
export type BoardRound = Schemas['LeaderboardBoardRound'];
export type EntryKind = 'person' | 'team';

/** One line of a board: overall, or of one round alone. */
export type Line = {
  id: number;
  number: string;
  name: string;
  unit: string;
  /** 0: no score yet. */
  place: number;
  tied: boolean;
  /** Hundredths of a point; null: no score yet. */
  points: number | null;
  row: BoardRow;
};

/** The lines of a division: overall (round 0) in the server's order, or of one round by its places. */
export function linesOf(rows: readonly BoardRow[], division: number, round: number): Line[] {
  const lines = rows.filter((row) => row.division_id === division).map((row) => lineOf(row, round));
  if (round === 0) return lines;
  const last = (line: Line) => (line.place === 0 ? Number.MAX_SAFE_INTEGER : line.place);
  return lines.sort((a, b) => last(a) - last(b) || a.number.localeCompare(b.number));
}

function lineOf(row: BoardRow, round: number): Line {
  const own = { id: row.entry_id, number: row.number, name: row.name, unit: row.unit_name, row };
  if (round === 0) {
    return { ...own, place: row.place, tied: row.tied, points: row.scores.length > 0 ? row.total : null };
  }
  const score = row.scores.find((s) => s.round_id === round);
  if (!score) return { ...own, place: 0, tied: false, points: null };
  return { ...own, place: score.place, tied: score.tied, points: score.points };
}

export type Segment = { id: number; name: string; points: number; part: number; tone: number };

const weighted = (points: number, weight: number) => Math.round((points * weight) / 10_000);

const begun = (round: BoardRound) => round.state !== 'planned' && round.state !== 'ready';

/** The rounds that make the total of those who have reached a level: since the last one that began from zero. */
function counting(rounds: readonly BoardRound[], level: number): BoardRound[] {
  const mine = rounds.filter((r) => !r.tie_break && (r.level ?? 0) <= level);
  const from = mine.map((r) => Boolean(r.from_zero) && begun(r)).lastIndexOf(true);
  return mine.slice(Math.max(from, 0));
}

/** What a full bar stands for: all that can be had, or the best total where a maximum is not known. */
export function fullOf(rounds: readonly BoardRound[], rows: readonly { total: number }[]): number {
  const known = rounds.every((r) => r.max_score > 0 || r.weight === 0);
  const sums = [0, ...rounds.map((r) => r.level ?? 0)].map((level) =>
    counting(rounds, level).reduce((sum, r) => sum + weighted(r.max_score, r.weight), 0),
  );
  const best = rows.reduce((max, row) => Math.max(max, row.total), 0);
  return Math.max(known ? Math.max(...sums) : 0, best, 1);
}

/** The parts of a row's bar, in the order of the rounds. */
export function segmentsOf(
  row: Pick<BoardRow, 'scores' | 'level'>,
  rounds: readonly BoardRound[],
  full: number,
): Segment[] {
  const counted = rounds.length > 1 ? counting(rounds, row.level ?? 0) : rounds;
  return rounds.flatMap((round, index) => {
    if (!counted.includes(round)) return [];
    const score = row.scores.find((s) => s.round_id === round.id);
    const points = score ? weighted(score.points, round.weight) : 0;
    if (points <= 0) return [];
    return [{ id: round.id, name: round.name, points, part: points / full, tone: toneOf(index) }];
  });
}

/** Which of the four tones of a bar a round has. */
export const toneOf = (index: number) => (index % 4) + 1;

/** The round that the hall is following: the last one that runs, else the last with a score. */
export function presentRound(rounds: readonly BoardRound[]): BoardRound | undefined {
  const last = [...rounds].reverse();
  return last.find((r) => r.state === 'running' || r.state === 'paused') ?? last.find((r) => r.scored > 0);
}

/** A line through a division's overall standings: who goes on stands above it. */
export type CutLine = {
  id: number;
  /** It runs beneath the row with this index. */
  after: number;
  /** The round that is entered; empty while the public does not know of it. */
  round: string;
  places: number;
  /** Decided; else it is where it would run now. */
  done: boolean;
  through: number;
  /** How many share the place through which it runs, and how many of them can go on. */
  tied: number;
  free: number;
};

/** Where the lines of a division run, by the board's own word; none that would stand beneath everybody. */
export function cutsIn(
  view: Pick<BoardView, 'cuts' | 'rounds'>,
  division: number,
  lines: readonly Line[],
): CutLine[] {
  return (view.cuts ?? [])
    .filter((cut) => cut.division_id === division)
    .flatMap((cut) => {
      const tied = cut.at_line?.length ?? 0;
      let after = -1;
      let counted = 0;
      lines.forEach(({ row, place }, index) => {
        if ((row.kind ?? '') !== (cut.kind ?? '') || place === 0) return;
        const level = row.level ?? 0;
        if (cut.done ? level >= cut.level : level === cut.level - 1 && counted++ < cut.through + tied)
          after = index;
      });
      const next = lines[after + 1];
      if (after < 0 || !next || next.place === 0 || (next.row.kind ?? '') !== (cut.kind ?? '')) return [];
      const round = view.rounds.find((r) => r.id === cut.round_id)?.name ?? '';
      return [
        {
          id: cut.round_id,
          after,
          round,
          places: cut.places,
          done: cut.done,
          through: cut.through,
          tied,
          free: cut.free ?? 0,
        },
      ];
    });
}

/** The entries that share the place through which a line runs: somebody has to decide. */
export const atLine = (view: Pick<BoardView, 'cuts'>): Set<number> =>
  new Set((view.cuts ?? []).flatMap((cut) => cut.at_line ?? []));

/** Letters without marks, for finding "Hạc Thành" by "hac thanh". */
export const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/đ/gi, 'd')
    .toLowerCase()
    .trim();

/** Whether a line is meant by what somebody typed: a part of the name or unit, or the number with or without zeros. */
export function matches(line: Line, typed: string): boolean {
  const wanted = plain(typed);
  if (!wanted) return true;
  if (/^\d+$/.test(wanted)) return Number(line.number) === Number(wanted);
  return plain(`${line.number} ${line.name} ${line.unit}`).includes(wanted);
}
