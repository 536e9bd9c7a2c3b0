import { api, call } from '$lib/api';

/** The topics that the bank has, to choose from while typing. Without them the form works as well. */
export async function loadTopics(contest: number, fetch: typeof globalThis.fetch): Promise<string[]> {
  try {
    const list = await call(
      api.GET('/api/organizer/contests/{contest}/bank/items', {
        params: { path: { contest }, query: { size: 1 } },
        fetch,
      }),
    );
    return list.tally.topics.map((t) => t.topic).filter((t) => t !== '');
  } catch {
    return [];
  }
}
