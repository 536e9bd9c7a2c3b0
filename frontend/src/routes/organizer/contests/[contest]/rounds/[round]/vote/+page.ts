import { api, call } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('vote:setup');
  const vote = await call(
    api.GET('/api/organizer/contests/{contest}/rounds/{round}/vote', {
      params: { path: { contest: Number(params.contest), round: Number(params.round) } },
      fetch,
    }),
  );
  return { vote };
};
