import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:roster');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  try {
    const plan = await call(
      api.GET('/api/organizer/contests/{contest}/unit-plan', {
        params: { path: { contest: contest.id } },
        fetch,
      }),
    );
    return { plan, fault: null };
  } catch (error) {
    return { plan: null, fault: Fault.from(error) };
  }
};
