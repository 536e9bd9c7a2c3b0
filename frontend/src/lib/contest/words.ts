// Rounds, steps and the checklist in words, and where each thing is done.
import type { components } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';
import type { PillTone } from '$lib/ui/Pill.svelte';

type Schemas = components['schemas'];
export type Contest = Schemas['ContestOrganizerView'];
export type SetUp = Schemas['ContestSetUpView'];
export type Round = Schemas['ContestRoundView'];
export type Missing = Schemas['ContestMissing'];
export type State = Contest['state'];

/** The server's own words in the reader's language. */
export const say = (words: { vi: string; en: string }) => (getLocale() === 'en' ? words.en : words.vi);

/** `missing`: how much its checklist still lacks. A judged round is ready when nothing does: no act makes it so. */
export function roundState(state: Round['state'], missing: number): { label: string; tone: PillTone } {
  switch (state) {
    case 'planned':
      if (missing === 0) return { label: m.contest_round_ready(), tone: 'accent' };
      return { label: m.contest_round_planned(), tone: 'neutral' };
    case 'ready':
      return { label: m.contest_round_ready(), tone: 'accent' };
    case 'running':
      return { label: m.contest_round_running(), tone: 'good' };
    case 'paused':
      return { label: m.contest_round_paused(), tone: 'warn' };
    case 'closed':
      return { label: m.contest_round_closed(), tone: 'neutral' };
    case 'scored':
      return { label: m.contest_round_scored(), tone: 'gold' };
  }
}

export function kindWords(kind: Round['kind']): string {
  switch (kind) {
    case 'stage':
      return m.contest_kind_stage();
    case 'judged':
      return m.contest_kind_judged();
    case 'exam':
      return m.exam_setup_kind();
    case 'vote':
      return m.vote_kind();
  }
}

export const contestPath = (contest: number) => `/organizer/contests/${contest}`;

/** Where a round is set up. */
export const setUpPath = (contest: number, round: Pick<Round, 'id' | 'kind'>) =>
  `${contestPath(contest)}/rounds/${round.id}${round.kind === 'exam' || round.kind === 'vote' ? `/${round.kind}` : ''}`;

/** Where a line of the checklist is done; "" when it is nowhere in particular. */
export function placeOf(contest: number, line: Missing): string {
  const base = contestPath(contest);
  switch (line.code) {
    case 'rules':
    case 'schedule':
      return `${base}/settings#${line.code}`;
    case 'rounds':
      return `${base}/rounds`;
    case 'entries':
      return `${base}/entries`;
    case 'pending_registrations':
      return `${base}/entries?tab=pending`;
    case 'round_items':
    case 'round_reserve':
    case 'rubric':
    case 'panel':
    case 'head':
    case 'judge_units':
    case 'order':
      return `${base}/rounds/${line.round_id}`;
    case 'exam_window':
    case 'exam_window_ahead':
    case 'exam_blueprint':
    case 'exam_later':
    case 'exam_prepared':
    case 'exam_ready':
    case 'exam_overlap':
      return `${base}/rounds/${line.round_id}/exam`;
    case 'vote_tickets':
      return `${base}/rounds/${line.round_id}/vote`;
    case 'exam_bank':
      return `${base}/bank/blueprints`;
    case 'round_running':
      return `${base}/console?round=${line.round_id}`;
    default:
      return '';
  }
}

/** The one thing to do about a round now. */
export function roundAct(
  contest: Contest,
  round: Round,
  missing: number,
  organizer: boolean,
): { label: string; href: string } | null {
  const base = contestPath(contest.id);
  const console =
    round.kind === 'exam'
      ? `${base}/rounds/${round.id}/exam/control`
      : round.kind === 'vote'
        ? setUpPath(contest.id, round)
        : `${base}/console?round=${round.id}`;
  switch (round.state) {
    case 'running':
    case 'paused':
      return { label: m.contest_round_act_follow(), href: console };
    case 'closed':
    case 'scored':
      return organizer ? { label: m.contest_round_act_results(), href: `${base}/results` } : null;
  }
  if (contest.state === 'running' && missing === 0)
    return {
      label:
        round.kind === 'vote'
          ? m.vote_act_open()
          : round.kind === 'judged'
            ? m.contest_round_act_marks()
            : m.contest_round_act_console(),
      href: console,
    };
  if (!organizer || contest.state === 'finalized' || contest.state === 'archived') return null;
  return { label: m.contest_round_act_prepare(), href: setUpPath(contest.id, round) };
}

/** What the next step is called, and who will see it. */
export function stepWords(to: State, unlisted: boolean): { act: string; seen: string } {
  switch (to) {
    case 'open':
      return {
        act: m.contest_step_open(),
        seen: unlisted ? m.contest_step_seen_unlisted() : m.contest_step_seen_open(),
      };
    case 'running':
      return { act: m.contest_step_running(), seen: m.contest_step_seen_running() };
    case 'ended':
      return { act: m.contest_step_ended(), seen: m.contest_step_seen_ended() };
    default:
      return { act: m.contest_step_archived(), seen: m.contest_step_seen_archived() };
  }
}

/** What a round gives to the total, in hundredths of a point: rounded as the server rounds it. */
export const partOf = (round: Pick<Round, 'max_score' | 'weight'>) =>
  Math.round((round.max_score * round.weight) / 10000);
