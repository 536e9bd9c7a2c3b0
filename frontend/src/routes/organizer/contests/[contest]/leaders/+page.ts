import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:leaders');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  try {
    const { units } = await call(
      api.GET('/api/organizer/contests/{contest}/leaders', {
        params: { path: { contest: contest.id } },
        fetch,
      }),
    );
    return { units, fault: null };
  } catch (error) {
    return { units: null, fault: Fault.from(error) };
  }
};
