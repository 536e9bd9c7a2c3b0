import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ params }) => {
  const contest = Number(params.contest);
  const round = Number(params.round);
  if (!Number.isSafeInteger(contest) || !Number.isSafeInteger(round) || contest <= 0 || round <= 0) {
    error(404, { message: m.app_missing_title() });
  }
  return { contest, round };
};
