// Questions as their author writes them. The server keeps what is to be ordered, and what is matched with, in an order
// that tells nothing; the form shows the right order, and each pair in its row.
import { pieces } from '$lib/stage/answer/blanks';
import { copy, letterIds, type Content } from './content';

type Option = Content['options'][number];
type Key = Content['key'];
export type BlankKey = NonNullable<Key['blanks']>[number];
export type Blank = NonNullable<Content['blanks']>[number];

export const emptyOption = (id: string): Option => ({ id, text: '', pinned: false });

/** The content for the form. */
export function authored(content: Content): Content {
  const next = copy(content);
  if (next.type === 'ordering') {
    const order = next.key.order ?? [];
    const sorted = order.flatMap((id) => next.options.filter((o) => o.id === id));
    next.options = letterIds(sorted.length === next.options.length ? sorted : next.options);
    next.key.order = next.options.map((o) => o.id);
  }
  if (next.type === 'matching') {
    const pairs = next.key.pairs ?? [];
    const targets = next.targets ?? [];
    const own = next.options.map((o) => {
      const target = targets.find((t) => t.id === pairs.find((p) => p.option === o.id)?.target);
      return target ? { ...target } : emptyOption('');
    });
    const spare = targets.filter((t) => !pairs.some((p) => p.target === t.id));
    next.targets = [...own, ...spare].map((t, i) => ({ ...t, id: String(i + 1) }));
    next.key.pairs = next.options.map((o, i) => ({ option: o.id, target: String(i + 1) }));
  }
  return next;
}

/** Puts lines (and for matching their partners) in another order or number, and gives them their ids anew. */
export function withLines(content: Content, keep: number[], added = 0): void {
  const lines = [
    ...keep.map((i) => content.options[i]!),
    ...Array.from({ length: added }, () => emptyOption('')),
  ];
  const right = keep.map((i) => content.key.options.includes(content.options[i]!.id));
  const partners = content.targets ?? [];
  const spare = partners.slice(content.options.length);
  content.options = letterIds(lines);
  if (content.type === 'true_false_group') {
    content.key.options = content.options.filter((_, i) => right[i]).map((o) => o.id);
    content.credit_table = undefined;
  }
  if (content.type === 'ordering') content.key.order = content.options.map((o) => o.id);
  if (content.type === 'matching') {
    const own = [...keep.map((i) => partners[i]!), ...Array.from({ length: added }, () => emptyOption(''))];
    content.targets = [...own, ...spare].map((t, i) => ({ ...t, id: String(i + 1) }));
    content.key.pairs = content.options.map((o, i) => ({ option: o.id, target: String(i + 1) }));
  }
}

/** What 1, 2, ... of n right statements are worth unless the author says otherwise; as the server reckons it. */
export function creditTable(n: number): number[] {
  if (n === 4) return [1000, 2500, 5000, 10000];
  const table = Array.from({ length: n }, () => 0);
  let worth = 10000;
  for (let i = n - 1; i >= 0; i--) {
    table[i] = worth;
    worth = Math.floor((worth + 1) / 2);
  }
  return table;
}

/** The blanks that stand in the stem, in its order. */
export const blanksIn = (stem: string) => [
  ...new Set(pieces(stem).flatMap((piece) => (piece.blank ? [piece.blank] : []))),
];

export const blankOf = (content: Content, id: string): Blank =>
  content.blanks?.find((b) => b.id === id) ?? { id, type: 'short_text' };

export const blankKeyOf = (content: Content, id: string): BlankKey =>
  content.key.blanks?.find((b) => b.id === id) ?? {
    id,
    texts: [],
    ignore_marks: false,
    number: '',
    tolerance: '0',
  };

/** Only the blanks of the stem, and of each only what belongs to its kind. */
export function cleanedBlanks(content: Content): void {
  const ids = blanksIn(content.stem);
  content.blanks = ids.map((id) => {
    const { type, options } = blankOf(content, id);
    return type === 'single' ? { id, type, options: letterIds(options ?? []) } : { id, type };
  });
  content.key.blanks = ids.map((id) => {
    const key = blankKeyOf(content, id);
    switch (blankOf(content, id).type) {
      case 'single':
        return { id, option: key.option ?? '' };
      case 'numeric':
        return { id, number: key.number ?? '', tolerance: key.tolerance?.trim() || '0' };
      default:
        return {
          id,
          texts: (key.texts ?? []).filter((t) => t.trim() !== ''),
          ignore_marks: key.ignore_marks ?? false,
        };
    }
  });
}
