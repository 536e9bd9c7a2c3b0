import { api, call, Fault } from '$lib/api';
import type { Difficulty, ItemType } from '$lib/bank/content';
import { difficulties, types } from '$lib/bank/content';
import type { PageLoad } from './$types';

const size = 50;

// The filters stand in the address, so that a page can be shared, reloaded and come back to.
export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('bank:items');
  const q = url.searchParams;
  const filter = {
    search: (q.get('search') ?? '').slice(0, 200),
    type: types.find((t) => t === q.get('type')) ?? ('' as const),
    difficulty: difficulties.find((d) => d === q.get('difficulty')) ?? ('' as const),
    topic: (q.get('topic') ?? '').slice(0, 200),
    retired: q.get('retired') === '1',
    page: Math.max(0, Math.min(100_000, Number.parseInt(q.get('page') ?? '0', 10) || 0)),
  } satisfies { search: string; type: ItemType | ''; difficulty: Difficulty | ''; [key: string]: unknown };
  try {
    const list = await call(
      api.GET('/api/organizer/contests/{contest}/bank/items', {
        params: { path: { contest: Number(params.contest) }, query: { ...filter, size } },
        fetch,
      }),
    );
    return { filter, size, list, fault: null };
  } catch (error) {
    return { filter, size, list: null, fault: Fault.from(error) };
  }
};
