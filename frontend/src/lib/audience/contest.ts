// A contest as everybody sees it, and what can be done about it now.
import { api, call } from '$lib/api/client';
import type { components } from '$lib/api/schema.gen';
import { dateTime } from '$lib/format/date';
import { m } from '$lib/paraglide/messages.js';

export type PublicContest = components['schemas']['ContestAudienceView'];
export type PublicRound = PublicContest['rounds'][number];

export const loadContest = (slug: string, fetch?: typeof globalThis.fetch): Promise<PublicContest> =>
  call(api.GET('/api/audience/contests/{slug}', { params: { path: { slug } }, fetch }));

export type Step = { label: string; href: string; icon: 'edit' | 'screen' | 'award' | 'list' };

/** The one thing that most visitors come for now. */
export function nextStep(c: PublicContest): Step | null {
  const base = `/audience/${c.slug}`;
  if (c.registration_open)
    return { label: m.audience_step_register(), href: `${base}/register`, icon: 'edit' };
  if (c.state === 'running') return { label: m.audience_step_board(), href: `${base}/board`, icon: 'screen' };
  if (c.state === 'ended') return { label: m.audience_step_ended(), href: `${base}/board`, icon: 'list' };
  if (c.state === 'finalized' || c.state === 'archived')
    return { label: m.audience_step_results(), href: `${base}/results`, icon: 'award' };
  return null;
}

/** Whether a board can have anything on it. */
export const hasBoard = (c: PublicContest) => c.state !== 'open';

/** "Đăng ký đến 17:00, 07/08/2026", or when it opens; "" when nothing is to be said. */
export function registrationWords(c: PublicContest, now: number): string {
  if (c.state !== 'open') return '';
  const { registration_opens_at: opens, registration_closes_at: closes, time_zone: zone } = c;
  if (opens && Date.parse(opens) > now) return m.audience_registration_opens({ time: dateTime(opens, zone) });
  if (closes && Date.parse(closes) > now)
    return m.audience_registration_until({ time: dateTime(closes, zone) });
  if (closes) return m.audience_registration_closed({ time: dateTime(closes, zone) });
  return '';
}

/** Whether a round is an exam that has standings of its own, or will have. */
export const standingsOf = (round: PublicRound) => round.kind === 'exam' && round.state !== 'planned';

export const examPath = (slug: string, round: number) => `/audience/${slug}/exams/${round}`;

export function roundState(round: PublicRound): {
  label: string;
  tone: 'neutral' | 'good' | 'warn' | 'gold';
} {
  switch (round.state) {
    case 'running':
      return { label: m.audience_round_running(), tone: 'good' };
    case 'paused':
      return { label: m.audience_round_paused(), tone: 'warn' };
    case 'closed':
    case 'scored':
      return { label: m.audience_round_over(), tone: 'neutral' };
    default:
      return { label: m.audience_round_ahead(), tone: 'neutral' };
  }
}

/** The rules as paragraphs; a short line that begins with a number is a heading. */
export function paragraphs(rules: string): { heading: boolean; text: string }[] {
  return rules
    .split(/\n+/)
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text) => ({ heading: /^(\d+|[IVX]+)[.)]\s/.test(text) && text.length <= 60, text }));
}
