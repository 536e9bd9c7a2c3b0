// What control says about attempts, exceptions and events.
import { dateTime, fromMicros } from '$lib/format/date';
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { Exception, Item, RoundEvent } from './desk.svelte';

const whole = (us: number) => Math.round(us / 1_000_000);

/** 12 phút · 45 giây: how much time was given. */
export function spanOf(us: number): string {
  const seconds = whole(us);
  if (seconds < 60) return m.exam_setup_seconds({ n: integer(seconds) });
  return m.exam_setup_minutes({ n: integer(Math.round(seconds / 60)) });
}

export function eventWords(e: RoundEvent): string {
  switch (e.kind) {
    case 'prepared':
      return m.exam_control_e_prepared();
    case 'unprepared':
      return m.exam_control_e_unprepared();
    case 'ready':
      return m.exam_control_e_ready();
    case 'opened':
      return m.exam_control_e_opened();
    case 'paused':
      return m.exam_control_e_paused();
    case 'resumed':
      return m.exam_control_e_resumed({ time: spanOf(e.by_us ?? 0) });
    case 'extended':
      return m.exam_control_e_extended({ time: spanOf(e.by_us ?? 0) });
    case 'override':
      return m.exam_control_e_override({ id: e.override ?? 0 });
    case 'void':
      return e.policy
        ? m.exam_control_e_void({ id: e.item ?? 0 })
        : m.exam_control_e_unvoid({ id: e.item ?? 0 });
    case 'correct':
      return m.exam_control_e_correct({ id: e.item ?? 0 });
    case 'published':
      return m.exam_control_e_published();
    case 'settled':
      return m.exam_control_e_settled();
    case 'closed':
      return m.exam_control_e_closed();
    case 'scored':
      return m.exam_control_e_scored();
    default:
      return e.kind;
  }
}

/** What an exception gives, in one line. */
export function given(o: Exception, zone: string): string {
  const at = (us: number | undefined) => (us ? dateTime(fromMicros(us), zone) : '…');
  const parts: string[] = [];
  if (o.extra_us)
    parts.push(m.exam_control_ex_extra({ minutes: integer(Math.round(o.extra_us / 60_000_000)) }));
  if (o.attempts) parts.push(m.exam_control_ex_attempts({ count: integer(o.attempts) }));
  if (o.opens_us || o.closes_us)
    parts.push(m.exam_control_ex_window({ from: at(o.opens_us), to: at(o.closes_us) }));
  return parts.join(' · ');
}

export const stateTones = { asked: 'warn', granted: 'good', refused: 'neutral', revoked: 'neutral' } as const;

export const stateWords = {
  asked: m.exam_control_state_asked,
  granted: m.exam_control_state_granted,
  refused: m.exam_control_state_refused,
  revoked: m.exam_control_state_revoked,
};

export function itemWords(item: Pick<Item, 'policy' | 'key_version'>): {
  tone: 'good' | 'warn';
  label: string;
} {
  if (item.policy === 'nobody') return { tone: 'warn', label: m.exam_control_item_nobody() };
  if (item.policy === 'everybody') return { tone: 'warn', label: m.exam_control_item_everybody() };
  if (item.key_version) return { tone: 'warn', label: m.exam_control_item_corrected() };
  return { tone: 'good', label: m.exam_control_item_counts() };
}

/** The key of a choice or a typed item in one short line. */
export function keyWords(content: Item['content']): string {
  const key = content.key;
  const options = key.options ?? [];
  if (options.length > 0)
    return options
      .map((id) => content.options?.find((o) => o.id === id)?.text || id.toUpperCase())
      .join(' · ');
  if (key.texts?.length) return key.texts.join(' / ');
  return '';
}
