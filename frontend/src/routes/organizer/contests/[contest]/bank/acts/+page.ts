import { api, call, Fault } from '$lib/api';
import type { Act } from '$lib/bank/review';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('bank:acts');
  const path = { contest: Number(params.contest) };
  try {
    const { acts } = await call(
      api.GET('/api/organizer/contests/{contest}/bank/acts', { params: { path }, fetch }),
    );
    return { acts, fault: null };
  } catch (error) {
    return { acts: [] as Act[], fault: Fault.from(error) };
  }
};
