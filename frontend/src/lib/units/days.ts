// Days without an hour, as the tree of units keeps them: "2025-07-01", on the screen 01/07/2025.

/** Since before anything was recorded. */
export const always = '0001-01-01';

/** 01/07/2025 */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-');
  return year && month && date ? `${date}/${month}/${year}` : day;
}

/** Reads 01/07/2025, 1-7-2025 or 2025-07-01; null when there is no such day. */
export function parseDay(text: string): string | null {
  const s = text.trim().replace(/[.\-\s]+/g, '/');
  const local = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(s);
  const iso = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(s);
  const [year, month, date] = local ? [local[3], local[2], local[1]] : iso ? [iso[1], iso[2], iso[3]] : [];
  if (!year || !month || !date) return null;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  const day = at.toISOString().slice(0, 10);
  const asked = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return day === asked && Number(year) >= 1900 && Number(year) <= 2200 ? day : null;
}

/** Today where the calendar of the units is kept. */
export function today(): string {
  return new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
}
