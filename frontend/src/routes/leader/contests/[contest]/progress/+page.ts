import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends, fetch }) => {
  depends('contest:progress');
  const { home } = await parent();
  const contest = home.contest;
  const round = Number(url.searchParams.get('round') ?? 0) || 0;
  try {
    const progress = await call(
      api.GET('/api/leader/contests/{contest}/progress', {
        params: { path: { contest: contest.id }, query: { round } },
        fetch,
      }),
    );
    return { progress, round, fault: null };
  } catch (error) {
    return { progress: null, round, fault: Fault.from(error) };
  }
};
