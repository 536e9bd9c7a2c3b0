// Where a question stands in the file that it was read from, in the reader's words.
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { PreviewItem } from './content';

export function placeText({ unit, sheet, from, to }: PreviewItem['place']): string {
  if (unit === 'row') return m.bank_place_row({ sheet, row: integer(from) });
  const name = sheet ? `${sheet}, ` : '';
  if (unit === 'line') {
    return from === to
      ? m.bank_place_line({ name, from: integer(from) })
      : m.bank_place_lines({ name, from: integer(from), to: integer(to) });
  }
  return from === to
    ? m.bank_place_paragraph({ from: integer(from) })
    : m.bank_place_paragraphs({ from: integer(from), to: integer(to) });
}
