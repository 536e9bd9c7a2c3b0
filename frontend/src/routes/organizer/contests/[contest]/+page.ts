import { api, call } from '$lib/api';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

// The figures are a help, not the page: what cannot be read is left out.
async function orNothing<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch {
    return null;
  }
}

export const load: PageLoad = async ({ parent, depends, fetch }) => {
  depends('contest:figures');
  const { contest } = await parent();
  const path = { contest: contest.id };
  if (!session.has(contest.id, 'organizer')) return { roster: null, items: null };
  const [roster, bank] = await Promise.all([
    orNothing(call(api.GET('/api/organizer/contests/{contest}/roster', { params: { path }, fetch }))),
    orNothing(
      call(
        api.GET('/api/organizer/contests/{contest}/bank/items', {
          params: { path, query: { size: 1 } },
          fetch,
        }),
      ),
    ),
  ]);
  return { roster, items: bank?.total ?? null };
};
