import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import type { View } from '$lib/bank/review';
import { loadTopics } from '$lib/bank/topics';
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('bank:item');
  const path = { contest: Number(params.contest), item: Number(params.item) };
  if (!Number.isSafeInteger(path.item) || path.item <= 0) error(404, { message: m.app_missing_title() });
  try {
    const [item, history, record, review, views, topics] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/bank/items/{item}', { params: { path }, fetch })),
      call(
        api.GET('/api/organizer/contests/{contest}/bank/items/{item}/versions', { params: { path }, fetch }),
      ),
      call(
        api.GET('/api/organizer/contests/{contest}/bank/items/{item}/record', { params: { path }, fetch }),
      ),
      call(api.GET('/api/organizer/contests/{contest}/bank/review', { params: { path }, fetch })),
      session.has(path.contest, 'reviewer')
        ? call(
            api.GET('/api/organizer/contests/{contest}/bank/items/{item}/views', { params: { path }, fetch }),
          )
        : { views: [] as View[] },
      loadTopics(path.contest, fetch),
    ]);
    return { item, versions: history.versions, record, review, views: views.views, topics, fault: null };
  } catch (reason) {
    return {
      item: null,
      versions: [],
      record: null,
      review: null,
      views: [] as View[],
      topics: [],
      fault: Fault.from(reason),
    };
  }
};
