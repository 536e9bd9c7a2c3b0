import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent }) => {
  const { contest } = await parent();
  const round = contest.rounds.find((r) => r.id === Number(params.round));
  if (!round || round.kind !== 'judged') error(404, { message: m.app_missing_title() });
  return { round };
};
