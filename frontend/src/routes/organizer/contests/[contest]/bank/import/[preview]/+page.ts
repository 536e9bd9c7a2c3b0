import { api, call, Fault } from '$lib/api';
import { loadTopics } from '$lib/bank/topics';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('bank:import');
  const path = { contest: Number(params.contest), import: params.preview };
  try {
    const [preview, topics] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/bank/imports/{import}', { params: { path }, fetch })),
      loadTopics(path.contest, fetch),
    ]);
    return { preview, topics, fault: null };
  } catch (error) {
    return { preview: null, topics: [], fault: Fault.from(error) };
  }
};
