// The day's progress as pictures for a chat, and as text. Drawn with the page's own font, so that Vietnamese letters stand
// right, in letters that can be read on a phone without enlarging it.
import { integer, share } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { Units } from './desk.svelte';

type Unit = Units[number];
export type Told = { contest: string; round: string; at: string };
type Line = { block: string } | { unit: Unit };

/** How many lines a picture has at most: longer ones are cut small by chat programs. */
const linesAPicture = 18;

export const nameOf = (u: Unit) => u.name || m.exam_control_unit_none();
const aim = (u: Unit) => (u.target > 0 ? u.target : u.entries);
const sum = (units: Unit[], of: (u: Unit) => number) => units.reduce((n, u) => n + of(u), 0);

function totalOf(units: Unit[]): { done: number; all: number; words: string } {
  const done = sum(units, (u) => u.started);
  const target = sum(units, (u) => Math.max(u.target, 0));
  const all = target || sum(units, (u) => u.entries);
  const percent = share(done, Math.max(all, 1));
  return {
    done,
    all,
    words: target
      ? m.exam_control_picture_of_target({ percent })
      : m.exam_control_picture_of_entries({ percent }),
  };
}

/** Units by block, in the order in which they come. */
function groups(units: Unit[]): { block: string; units: Unit[] }[] {
  const found: { block: string; units: Unit[] }[] = [];
  for (const u of units) {
    const last = found.find((g) => g.block === u.block);
    if (last) last.units.push(u);
    else found.push({ block: u.block, units: [u] });
  }
  return found;
}

const headOf = (g: { block: string; units: Unit[] }) =>
  `${g.block || m.exam_control_picture_block_none()}: ${totalOf(g.units).words}`;

/** The same as text to paste. */
export function asText(units: Unit[], told: Told): string {
  const total = totalOf(units);
  const list = groups(units);
  const lines = [
    told.contest,
    told.round,
    m.exam_control_picture_by({ time: told.at }),
    `${m.exam_control_picture_total({ done: integer(total.done), all: integer(total.all) })} (${total.words})`,
  ];
  for (const g of list) {
    if (list.length > 1) lines.push('', headOf(g));
    for (const u of g.units) lines.push(`- ${nameOf(u)}: ${integer(u.started)}/${integer(aim(u))}`);
  }
  return lines.join('\n');
}

/** Cuts the lines into pictures. */
export function pages(units: Unit[]): Line[][] {
  const list = groups(units);
  const lines: Line[] = [];
  for (const g of list) {
    if (list.length > 1) lines.push({ block: headOf(g) });
    for (const unit of g.units) lines.push({ unit });
  }
  const many = Math.max(Math.ceil(lines.length / linesAPicture), 1);
  const each = Math.ceil(lines.length / many);
  return Array.from({ length: many }, (_, i) => lines.slice(i * each, (i + 1) * each));
}

const font = (weight: number, size: number) => `${weight} ${size}px "Be Vietnam Pro", sans-serif`;

function fit(c: CanvasRenderingContext2D, text: string, width: number): string {
  if (c.measureText(text).width <= width) return text;
  let kept = text;
  while (kept && c.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** Words on lines no wider than that. */
function wrap(c: CanvasRenderingContext2D, text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && c.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), fit(c, lines.slice(most - 1).join(' '), width)];
}

/** Draws the pictures: 1080 wide, always on light paper, because they are read elsewhere. */
export async function draw(units: Unit[], told: Told): Promise<HTMLCanvasElement[]> {
  await Promise.all([500, 600, 700, 800].map((w) => document.fonts.load(font(w, 40), 'Ầ ạ ữ đ 0')));
  const total = totalOf(units);
  const all = pages(units);
  return all.map((lines, index) => page(lines, told, total, index, all.length));
}

const side = 52;
const wide = 1080;
const inner = wide - 2 * side;
const rowHigh = 104;
const blockFont = font(700, 42);

/** How high a line is drawn; a block's name may need two. */
function highOf(c: CanvasRenderingContext2D, line: Line): number {
  if ('unit' in line) return rowHigh;
  c.font = blockFont;
  return 40 + wrap(c, line.block, inner, 2).length * 52;
}

function page(lines: Line[], told: Told, total: ReturnType<typeof totalOf>, index: number, many: number) {
  const canvas = document.createElement('canvas');
  const c = canvas.getContext('2d');
  if (!c) return canvas;
  c.font = font(600, 38);
  const contest = wrap(c, told.contest, inner, 2);
  c.font = font(800, 52);
  const round = wrap(c, told.round, inner, 2);
  const top = 48 + contest.length * 48 + round.length * 62 + 220;
  canvas.width = wide;
  canvas.height = top + lines.reduce((n, l) => n + highOf(c, l), 0) + (many > 1 ? 110 : 56);
  c.textBaseline = 'alphabetic';
  c.fillStyle = '#f7f6f2';
  c.fillRect(0, 0, wide, canvas.height);
  let y = 48;
  c.fillStyle = '#566079';
  c.font = font(600, 38);
  for (const line of contest) c.fillText(line, side, (y += 48));
  c.fillStyle = '#131a2a';
  c.font = font(800, 52);
  for (const line of round) c.fillText(line, side, (y += 62));
  y += 124;
  c.font = font(800, 112);
  c.fillStyle = '#0a4da3';
  const big = `${integer(total.done)}/${integer(total.all)}`;
  c.fillText(big, side, y);
  const after = side + c.measureText(big).width + 32;
  c.font = font(700, 46);
  c.fillStyle = '#131a2a';
  c.fillText(fit(c, total.words, wide - side - after), after, y - 46);
  c.fillStyle = '#566079';
  c.font = font(500, 38);
  c.fillText(fit(c, m.exam_control_picture_by({ time: told.at }), wide - side - after), after, y + 4);
  y = top;
  for (const line of lines) {
    const high = highOf(c, line);
    if ('unit' in line) bar(c, line.unit, side, y + high, inner);
    else {
      c.font = blockFont;
      c.fillStyle = '#566079';
      wrap(c, line.block, inner, 2).forEach((words, i) => c.fillText(words, side, y + 64 + i * 52));
    }
    y += high;
  }
  if (many > 1) {
    c.font = font(500, 36);
    c.fillStyle = '#566079';
    c.textAlign = 'right';
    c.fillText(m.exam_control_picture_part({ n: index + 1, all: many }), wide - side, canvas.height - 40);
    c.textAlign = 'left';
  }
  return canvas;
}

function bar(c: CanvasRenderingContext2D, u: Unit, x: number, y: number, long: number) {
  const figures = `${integer(u.started)}/${integer(aim(u))}`;
  c.font = font(700, 46);
  c.textAlign = 'right';
  c.fillStyle = '#131a2a';
  c.fillText(figures, x + long, y - 40);
  const room = long - c.measureText(figures).width - 28;
  c.textAlign = 'left';
  c.font = font(600, 44);
  c.fillText(fit(c, nameOf(u), room), x, y - 40);
  c.fillStyle = '#dcd9cf';
  c.fillRect(x, y - 22, long, 16);
  const part = aim(u) > 0 ? Math.min(u.started / aim(u), 1) : 0;
  c.fillStyle = part >= 1 ? '#0f7a55' : '#0a4da3';
  c.fillRect(x, y - 22, Math.round(long * part), 16);
}
