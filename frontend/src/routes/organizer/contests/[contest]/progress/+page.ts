import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:progress');
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
  const round = Number(url.searchParams.get('round') ?? 0) || 0;
  try {
    const progress = await call(
      api.GET('/api/organizer/contests/{contest}/progress', {
        params: { path: { contest: contest.id }, query: { round } },
        fetch,
      }),
    );
    return { progress, round, fault: null };
  } catch (error) {
    return { progress: null, round, fault: Fault.from(error) };
  }
};
