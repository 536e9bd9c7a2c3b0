import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('contest:plan');
  try {
    const plan = await call(
      api.GET('/api/organizer/contests/{contest}/plan', {
        params: { path: { contest: Number(params.contest) } },
        fetch,
      }),
    );
    return { plan, fault: null };
  } catch (error) {
    return { plan: null, fault: Fault.from(error) };
  }
};
