// A contest's window and the states of people, in a leader's words.
import type { components } from '$lib/api';
import { dateTime } from '$lib/format/date';
import { m } from '$lib/paraglide/messages.js';
import type { PillTone } from '$lib/ui/Pill.svelte';

type Schemas = components['schemas'];
export type Home = Schemas['LeaderHomeView'];
export type LedContest = Schemas['LeaderContestView'];
export type Person = Schemas['LeaderPersonView'];
export type Progress = Schemas['LeaderProgressView'];

/** When registration is possible: a pill and, where it helps, the time. */
export function windowOf(
  c: LedContest,
  now = Date.now(),
): { label: string; tone: PillTone; when: string; left: string } {
  const closes = c.closes_at ? new Date(c.closes_at).getTime() : null;
  if (c.open) {
    const hours = closes === null ? 0 : Math.floor((closes - now) / 3_600_000);
    const left =
      closes === null
        ? ''
        : hours >= 48
          ? m.leader_left_days({ days: Math.floor(hours / 24) })
          : m.leader_left_hours({ hours: Math.max(hours, 0) });
    return {
      label: m.leader_open_now(),
      tone: 'good',
      when: c.closes_at
        ? m.leader_until({ time: dateTime(c.closes_at, c.time_zone) })
        : m.leader_no_deadline(),
      left,
    };
  }
  if (c.opens_at && new Date(c.opens_at).getTime() > now && (c.state === 'open' || c.state === 'draft')) {
    return {
      label: m.leader_not_open(),
      tone: 'neutral',
      when: m.leader_from({ time: dateTime(c.opens_at, c.time_zone) }),
      left: '',
    };
  }
  return c.state === 'draft'
    ? { label: m.leader_not_open(), tone: 'neutral', when: '', left: '' }
    : {
        label: m.leader_closed(),
        tone: 'neutral',
        when: c.closes_at ? m.leader_until({ time: dateTime(c.closes_at, c.time_zone) }) : '',
        left: '',
      };
}

export function stateOf(p: Pick<Person, 'state'>): { label: string; tone: PillTone } {
  switch (p.state) {
    case 'active':
      return { label: m.leader_approved(), tone: 'good' };
    case 'pending':
      return { label: m.leader_pending(), tone: 'warn' };
    case 'waitlisted':
      return { label: m.leader_waitlisted(), tone: 'neutral' };
    case 'rejected':
      return { label: m.leader_rejected(), tone: 'bad' };
    case 'withdrawn':
      return { label: m.leader_withdrawn(), tone: 'neutral' };
  }
}
