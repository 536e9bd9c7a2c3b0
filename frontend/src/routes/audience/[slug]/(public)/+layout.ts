import { loadContest } from '$lib/audience/contest';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, fetch, depends }) => {
  depends('audience:contest');
  return { contest: await loadContest(params.slug, fetch) };
};
