import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('paper:blueprints');
  try {
    const overview = await call(
      api.GET('/api/organizer/contests/{contest}/bank/blueprints', {
        params: { path: { contest: Number(params.contest) } },
        fetch,
      }),
    );
    return { overview, fault: null };
  } catch (reason) {
    return { overview: null, fault: Fault.from(reason) };
  }
};
