import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('contest:promotion');
  try {
    const promotion = await call(
      api.GET('/api/organizer/contests/{contest}/plan/rounds/{round}', {
        params: { path: { contest: Number(params.contest), round: Number(params.round) } },
        fetch,
      }),
    );
    return { round: Number(params.round), promotion, fault: null };
  } catch (error) {
    return { round: Number(params.round), promotion: null, fault: Fault.from(error) };
  }
};
