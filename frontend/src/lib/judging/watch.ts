// What is watched beside the marks, in words: the same for the head judge's tablet and the secretary's table.
import { points } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { Alarm } from './types';
import { seatName } from './words';

export function alarmWords(alarm: Alarm, decimals: number): string {
  const words = {
    seat: seatName(alarm.seat),
    name: alarm.name,
    total: points(alarm.total, decimals),
    median: points(alarm.median, decimals),
    away: points(Math.abs(alarm.deviation), decimals),
    within: points(alarm.within, decimals),
  };
  return alarm.deviation > 0 ? m.desk_alarm_higher(words) : m.desk_alarm_lower(words);
}

/** "+0,25", "−1,5", "0" */
export const signed = (value: number, decimals: number) =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${points(Math.abs(value), decimals)}`;
