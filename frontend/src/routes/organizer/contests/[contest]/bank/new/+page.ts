import { loadTopics } from '$lib/bank/topics';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch }) => ({
  topics: await loadTopics(Number(params.contest), fetch),
});
