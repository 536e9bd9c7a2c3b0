import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { loadTopics } from '$lib/bank/topics';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('bank:item');
  const path = { contest: Number(params.contest), item: Number(params.item) };
  if (!Number.isSafeInteger(path.item) || path.item <= 0) error(404, { message: m.app_missing_title() });
  try {
    const [item, history, topics] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/bank/items/{item}', { params: { path }, fetch })),
      call(
        api.GET('/api/organizer/contests/{contest}/bank/items/{item}/versions', { params: { path }, fetch }),
      ),
      loadTopics(path.contest, fetch),
    ]);
    return { item, versions: history.versions, topics, fault: null };
  } catch (reason) {
    return { item: null, versions: [], topics: [], fault: Fault.from(reason) };
  }
};
