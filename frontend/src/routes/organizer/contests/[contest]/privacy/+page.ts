import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:privacy');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  try {
    const privacy = await call(
      api.GET('/api/organizer/contests/{contest}/privacy', {
        params: { path: { contest: contest.id } },
        fetch,
      }),
    );
    return { privacy, fault: null };
  } catch (error) {
    return { privacy: null, fault: Fault.from(error) };
  }
};
