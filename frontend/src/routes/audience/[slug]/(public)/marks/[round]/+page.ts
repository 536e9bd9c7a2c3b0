import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

/** The round must be one of the contest, and judged by marks. */
export const load: PageLoad = async ({ params, parent }) => {
  const { contest } = await parent();
  const round = contest.rounds.find((r) => r.id === Number(params.round) && r.kind === 'judged');
  if (!round) error(404, { message: m.app_missing_title() });
  return { round: round.id };
};
