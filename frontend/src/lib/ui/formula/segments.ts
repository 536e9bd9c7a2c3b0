// Texts with formulas: $...$ within a line, $$...$$ on a line of its own, \$ is a dollar. A $ that is followed by a
// space, or not closed before the paragraph ends, is a dollar too, and so is one that touches a letter or digit on its
// outer side: prices and cells of a spreadsheet ($A$1) need no care. server/bank/formula.go reads texts in the same way;
// the two share their test cases.
const touching = /[\p{L}\p{N}]/u;

export type Segment = { text: string; formula: boolean; display: boolean };

export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let plain = '';
  const flush = () => {
    if (plain) out.push({ text: plain, formula: false, display: false });
    plain = '';
  };
  for (let i = 0; i < text.length;) {
    if (text.startsWith('\\$', i)) {
      plain += '$';
      i += 2;
    } else if (text[i] === '$') {
      const found = formulaAt(text.slice(i));
      if (!found || (!found.display && touching.test(text[i - 1] ?? ''))) {
        plain += '$';
        i++;
        continue;
      }
      flush();
      out.push({ text: found.formula, formula: true, display: found.display });
      i += found.size;
    } else {
      plain += text[i++];
    }
  }
  flush();
  return out;
}

function formulaAt(text: string): { formula: string; display: boolean; size: number } | null {
  const sign = text.startsWith('$$') ? '$$' : '$';
  const inside = text.slice(sign.length);
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === '\\') {
      i++;
    } else if (inside[i] === '\n' && sign === '$') {
      return null;
    } else if (inside.startsWith(sign, i)) {
      const formula = inside.slice(0, i);
      if (!formula.trim()) return null;
      if (sign === '$') {
        const loose = formula[0] === ' ' || formula.endsWith(' ') || touching.test(inside[i + 1] ?? '');
        if (loose) return null;
      }
      return { formula: formula.trim(), display: sign === '$$', size: i + 2 * sign.length };
    }
  }
  return null;
}
