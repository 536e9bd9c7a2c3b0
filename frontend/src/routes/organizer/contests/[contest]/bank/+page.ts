import { api, call, Fault } from '$lib/api';
import { difficulties, types } from '$lib/bank/content';
import { states, type Act, type Review, type Topic } from '$lib/bank/review';
import type { PageLoad } from './$types';

const size = 50;
const looks = ['barred', 'unchecked', 'commented'] as const;
const uses = ['never', 'ever', 'not_since'] as const;
const natural = (s: string | null) => Math.max(-1, Number.parseInt(s ?? '0', 10) || 0);

// The filters stand in the address, so that a page can be shared, reloaded and come back to.
export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('bank:items');
  const q = url.searchParams;
  const filter = {
    search: (q.get('search') ?? '').slice(0, 200),
    type: types.find((t) => t === q.get('type')) ?? ('' as const),
    difficulty: difficulties.find((d) => d === q.get('difficulty')) ?? ('' as const),
    topic: natural(q.get('topic')),
    state: states.find((s) => s === q.get('state')) ?? ('' as const),
    look: looks.find((l) => l === q.get('look')) ?? ('' as const),
    tag: (q.get('tag') ?? '').slice(0, 60),
    act: Math.max(0, natural(q.get('act'))),
    used: uses.find((u) => u === q.get('used')) ?? ('' as const),
    since: /^\d{4}-\d{2}-\d{2}$/.test(q.get('since') ?? '') ? (q.get('since') as string) : '',
    retired: q.get('retired') === '1',
  };
  const path = { contest: Number(params.contest) };
  const none = {
    topics: [] as Topic[],
    tags: [] as { tag: string; items: number }[],
    loose: 0,
    acts: [] as Act[],
  };
  try {
    const [list, places, acts, review] = await Promise.all([
      call(
        api.GET('/api/organizer/contests/{contest}/bank/items', {
          params: { path, query: { ...filter, size } },
          fetch,
        }),
      ),
      call(api.GET('/api/organizer/contests/{contest}/bank/topics', { params: { path }, fetch })),
      call(api.GET('/api/organizer/contests/{contest}/bank/acts', { params: { path }, fetch })),
      call(api.GET('/api/organizer/contests/{contest}/bank/review', { params: { path }, fetch })),
    ]);
    return { filter, size, list, ...places, acts: acts.acts, review: review as Review | null, fault: null };
  } catch (error) {
    return { filter, size, list: null, ...none, review: null as Review | null, fault: Fault.from(error) };
  }
};
