import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('leader:teams');
  try {
    const { teams } = await call(
      api.GET('/api/leader/contests/{contest}/teams', {
        params: { path: { contest: Number(params.contest) } },
        fetch,
      }),
    );
    return { teams, fault: null };
  } catch (error) {
    return { teams: null, fault: Fault.from(error) };
  }
};
