import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends, fetch }) => {
  depends('paper:blueprint');
  const path = { contest: Number(params.contest), blueprint: Number(params.blueprint) };
  if (!Number.isSafeInteger(path.blueprint) || path.blueprint <= 0)
    error(404, { message: m.app_missing_title() });
  try {
    const [blueprint, overview] = await Promise.all([
      call(
        api.GET('/api/organizer/contests/{contest}/bank/blueprints/{blueprint}', { params: { path }, fetch }),
      ),
      call(
        api.GET('/api/organizer/contests/{contest}/bank/blueprints', {
          params: { path: { contest: path.contest } },
          fetch,
        }),
      ),
    ]);
    return {
      blueprint,
      topics: overview.topics,
      papers: overview.papers.filter((p) => p.blueprint === blueprint.id),
      fault: null,
    };
  } catch (reason) {
    return { blueprint: null, topics: [], papers: [], fault: Fault.from(reason) };
  }
};
