// The text of a fill-in question and its blanks [[1]], [[2]], ...
export type Piece = { text: string; blank?: string };

const mark = /\[\[([0-9A-Za-z]{1,8})\]\]/g;

export function pieces(stem: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const found of stem.matchAll(mark)) {
    if (found.index > at) out.push({ text: stem.slice(at, found.index) });
    out.push({ text: '', blank: found[1] });
    at = found.index + found[0].length;
  }
  if (at < stem.length) out.push({ text: stem.slice(at) });
  return out;
}

/** The stem for places without fields: its blanks are dots. */
export const dotted = (question: { type: string; stem: string }) =>
  question.type === 'fill_in' ? question.stem.replace(mark, '……') : question.stem;
