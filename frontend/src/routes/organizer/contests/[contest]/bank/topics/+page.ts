import { api, call, Fault } from '$lib/api';
import type { Topic } from '$lib/bank/review';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('bank:topics');
  const path = { contest: Number(params.contest) };
  try {
    const tree = await call(
      api.GET('/api/organizer/contests/{contest}/bank/topics', { params: { path }, fetch }),
    );
    return { ...tree, fault: null };
  } catch (error) {
    return { topics: [] as Topic[], tags: [], loose: 0, fault: Fault.from(error) };
  }
};
