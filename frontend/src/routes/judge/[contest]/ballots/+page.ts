import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ params }) => {
  const contest = Number(params.contest);
  if (!Number.isSafeInteger(contest) || contest <= 0) error(404, { message: m.app_missing_title() });
  return { contest };
};
