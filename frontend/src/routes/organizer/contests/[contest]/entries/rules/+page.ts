import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:terms');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  const params = { path: { contest: contest.id } };
  try {
    const [terms, roster, contests] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/registration-terms', { params, fetch })),
      call(api.GET('/api/organizer/contests/{contest}/roster', { params, fetch })),
      call(api.GET('/api/organizer/contests', { fetch })),
    ]);
    return { terms, roster, contests: contests.contests, fault: null };
  } catch (error) {
    return { terms: null, roster: null, contests: [], fault: Fault.from(error) };
  }
};
