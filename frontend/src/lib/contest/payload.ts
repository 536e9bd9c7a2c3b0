// What an act of the record carries, read with care: it may be of an older form.
import { integer } from '$lib/format/number';

export type Payload = Record<string, unknown>;

export const text = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
/** How many: of a list its length, else the number itself. */
export const count = (value: unknown) =>
  integer(Array.isArray(value) ? value.length : typeof value === 'number' ? value : 0);
