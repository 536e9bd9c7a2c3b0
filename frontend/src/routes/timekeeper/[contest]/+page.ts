import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url }) => {
  const contest = Number(params.contest);
  if (!Number.isSafeInteger(contest) || contest <= 0) error(404, { message: m.app_missing_title() });
  await requireRole(url, contest, 'timekeeper', 'secretary', 'organizer');
  return { contest };
};
