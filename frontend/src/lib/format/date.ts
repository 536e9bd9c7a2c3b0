// Calendar times as people here write them, 07/08/2026 and 14:30, always in the contest's time zone, never in the
// device's: a phone that travels or is set wrong still shows the hour on the poster.
import { getLocale } from '$lib/paraglide/runtime.js';

export const defaultZone = 'Asia/Ho_Chi_Minh';

type Moment = string | number | Date;
export type CalendarParts = {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
  weekday: string;
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  const key = `${zone} ${getLocale()}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(getLocale() === 'vi' ? 'vi-VN' : 'en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      weekday: 'long',
    });
    formats.set(key, found);
  }
  return found;
}

/** The parts of a moment in a zone. Numbers are milliseconds since 1970 (microseconds go through `fromMicros`). */
export function calendarParts(at: Moment, zone = defaultZone): CalendarParts {
  const parts: Record<string, string> = {};
  for (const part of format(zone).formatToParts(new Date(at))) parts[part.type] = part.value;
  const two = (name: string) => (parts[name] ?? '').padStart(2, '0');
  return {
    year: parts.year ?? '',
    month: two('month'),
    day: two('day'),
    hour: two('hour'),
    minute: two('minute'),
    second: two('second'),
    weekday: parts.weekday ?? '',
  };
}

/** Live rounds count in microseconds. */
export const fromMicros = (us: number) => new Date(us / 1000);

/** 07/08/2026 */
export function date(at: Moment, zone?: string): string {
  const p = calendarParts(at, zone);
  return `${p.day}/${p.month}/${p.year}`;
}

/** 14:30 */
export function time(at: Moment, zone?: string): string {
  const p = calendarParts(at, zone);
  return `${p.hour}:${p.minute}`;
}

/** 14:32:07 */
export function timeOfSecond(at: Moment, zone?: string): string {
  const p = calendarParts(at, zone);
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** 14:30, 07/08/2026 */
export const dateTime = (at: Moment, zone?: string) => `${time(at, zone)}, ${date(at, zone)}`;

/** Thứ Sáu, 07/08/2026 */
export function longDate(at: Moment, zone?: string): string {
  const p = calendarParts(at, zone);
  return `${p.weekday}, ${p.day}/${p.month}/${p.year}`;
}

/** How far the zone is ahead of UTC at that moment, in milliseconds. */
function offset(at: number, zone: string): number {
  const p = calendarParts(at, zone);
  const local = Date.UTC(+p.year, +p.month - 1, +p.day, +p.hour, +p.minute, +p.second);
  return local - Math.floor(at / 1000) * 1000;
}

/** Reads "07/08/2026" and "14:30" in a zone into an RFC 3339 time; null when there is no such day or hour. */
export function parseDateTime(day: string, hour: string, zone = defaultZone): string | null {
  const d = /^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*$/.exec(day);
  const t = /^\s*(\d{1,2})\s*(?:[:hg.]\s*(\d{2})?)?\s*$/i.exec(hour);
  if (!d || !t) return null;
  const [dd, mm, yyyy] = [Number(d[1]), Number(d[2]), Number(d[3])];
  const [h, min] = [Number(t[1]), Number(t[2] ?? 0)];
  const wall = Date.UTC(yyyy, mm - 1, dd, h, min);
  const check = new Date(wall);
  if (h > 23 || min > 59 || check.getUTCDate() !== dd || check.getUTCMonth() !== mm - 1) return null;
  // Twice, so that an hour near a change of the zone's offset lands right.
  let at = wall - offset(wall, zone);
  at = wall - offset(at, zone);
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
