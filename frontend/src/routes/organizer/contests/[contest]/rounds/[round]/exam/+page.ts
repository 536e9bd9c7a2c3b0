import { api, call } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('exam:setup');
  const exam = await call(
    api.GET('/api/organizer/contests/{contest}/rounds/{round}/exam', {
      params: { path: { contest: Number(params.contest), round: Number(params.round) } },
      fetch,
    }),
  );
  return { exam };
};
