import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:people');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  try {
    const { people } = await call(
      api.GET('/api/organizer/contests/{contest}/people', {
        params: { path: { contest: contest.id } },
        fetch,
      }),
    );
    return { people, fault: null };
  } catch (error) {
    return { people: null, fault: Fault.from(error) };
  }
};
