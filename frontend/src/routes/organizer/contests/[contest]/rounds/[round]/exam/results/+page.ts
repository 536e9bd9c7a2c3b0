import { api, call } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch }) => ({
  standings: await call(
    api.GET('/api/organizer/contests/{contest}/rounds/{round}/exam/standings', {
      params: {
        path: { contest: Number(params.contest), round: Number(params.round) },
        query: { limit: 50 },
      },
      fetch,
    }),
  ),
});
