import { error } from '@sveltejs/kit';
import { api, call } from '$lib/api/client';
import { m } from '$lib/paraglide/messages.js';
import { requireEntry } from '$lib/session/guard';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, fetch }) => {
  const round = Number(params.round);
  if (!Number.isSafeInteger(round) || round <= 0) error(404, { message: m.app_missing_title() });
  await requireEntry(url, '/contestant');
  return {
    result: await call(
      api.GET('/api/contestant/exams/{round}/result', { params: { path: { round } }, fetch }),
    ),
  };
};
