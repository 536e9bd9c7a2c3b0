// The day's progress as pictures for a chat, and as text. Drawn with the page's own font, so that Vietnamese letters stand
// right; wide enough to be read on a phone without opening it further.
import { integer, share } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { Units } from './desk.svelte';

type Unit = Units[number];
export type Told = { contest: string; round: string; at: string };
type Line = { block: string } | { unit: Unit };

/** How many lines a picture has at most: longer ones are cut small by chat programs. */
const linesAPicture = 34;

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

function page(lines: Line[], told: Told, total: ReturnType<typeof totalOf>, index: number, many: number) {
  const wide = 1080;
  const side = 56;
  const inner = wide - 2 * side;
  const canvas = document.createElement('canvas');
  const c = canvas.getContext('2d');
  if (!c) return canvas;
  c.font = font(700, 34);
  const contest = wrap(c, told.contest, inner, 2);
  const top = 60 + contest.length * 44 + 70 + 150;
  const high = top + lines.reduce((n, l) => n + ('unit' in l ? 78 : 72), 0) + 90;
  canvas.width = wide;
  canvas.height = high;
  c.textBaseline = 'alphabetic';
  c.fillStyle = '#f7f6f2';
  c.fillRect(0, 0, wide, high);
  let y = 84;
  c.fillStyle = '#566079';
  c.font = font(600, 34);
  for (const line of contest) {
    c.fillText(line, side, y);
    y += 44;
  }
  c.fillStyle = '#131a2a';
  c.font = font(800, 46);
  y += 16;
  c.fillText(fit(c, told.round, inner), side, y);
  y += 104;
  c.font = font(800, 92);
  c.fillStyle = '#0a4da3';
  const big = `${integer(total.done)}/${integer(total.all)}`;
  c.fillText(big, side, y);
  const after = side + c.measureText(big).width + 28;
  c.font = font(600, 34);
  c.fillStyle = '#131a2a';
  c.fillText(fit(c, total.words, wide - side - after), after, y - 34);
  c.fillStyle = '#566079';
  c.font = font(500, 30);
  c.fillText(fit(c, m.exam_control_picture_by({ time: told.at }), wide - side - after), after, y + 6);
  y = top;
  for (const line of lines) {
    if ('block' in line) {
      y += 72;
      c.font = font(700, 34);
      c.fillStyle = '#131a2a';
      c.fillText(fit(c, line.block, inner), side, y - 20);
      continue;
    }
    y += 78;
    bar(c, line.unit, side, y, inner);
  }
  if (many > 1) {
    c.font = font(500, 28);
    c.fillStyle = '#566079';
    c.textAlign = 'right';
    c.fillText(m.exam_control_picture_part({ n: index + 1, all: many }), wide - side, high - 34);
    c.textAlign = 'left';
  }
  return canvas;
}

function bar(c: CanvasRenderingContext2D, u: Unit, x: number, y: number, wide: number) {
  const figures = `${integer(u.started)}/${integer(aim(u))}`;
  c.font = font(700, 34);
  c.textAlign = 'right';
  c.fillStyle = '#131a2a';
  c.fillText(figures, x + wide, y - 30);
  const room = wide - c.measureText(figures).width - 24;
  c.textAlign = 'left';
  c.font = font(600, 34);
  c.fillText(fit(c, nameOf(u), room), x, y - 30);
  c.fillStyle = '#dcd9cf';
  c.fillRect(x, y - 16, wide, 12);
  const part = aim(u) > 0 ? Math.min(u.started / aim(u), 1) : 0;
  c.fillStyle = part >= 1 ? '#0f7a55' : '#0a4da3';
  c.fillRect(x, y - 16, Math.round(wide * part), 12);
}
