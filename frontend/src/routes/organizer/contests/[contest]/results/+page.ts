import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('contest:results');
  const path = { contest: Number(params.contest) };
  try {
    const [results, board] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/results', { params: { path }, fetch })),
      call(api.GET('/api/organizer/contests/{contest}/board', { params: { path }, fetch })),
    ]);
    return { results, board, fault: null };
  } catch (error) {
    return { results: null, board: null, fault: Fault.from(error) };
  }
};
