import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:roster');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  try {
    const roster = await call(
      api.GET('/api/organizer/contests/{contest}/roster', {
        params: { path: { contest: contest.id } },
        fetch,
      }),
    );
    return { roster, fault: null };
  } catch (error) {
    return { roster: null, fault: Fault.from(error) };
  }
};
