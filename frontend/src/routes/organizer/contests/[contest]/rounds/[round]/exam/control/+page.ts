import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent, url }) => {
  const { contest } = await parent();
  await requireRole(url, contest.id, 'host', 'secretary');
  const round = contest.rounds.find((r) => r.id === Number(params.round) && r.kind === 'exam');
  if (!round) error(404, { message: m.app_missing_title() });
  return { round };
};
