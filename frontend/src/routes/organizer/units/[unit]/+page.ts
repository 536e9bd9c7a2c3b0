import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('unit:one');
  const id = Number(params.unit);
  if (!Number.isSafeInteger(id) || id <= 0) error(404, { message: m.app_missing_title() });
  const at = url.searchParams.get('at') ?? '';
  try {
    const [unit, done] = await Promise.all([
      call(
        api.GET('/api/organizer/units/{unit}', {
          params: { path: { unit: id }, query: { at: at || undefined } },
          fetch,
        }),
      ),
      call(api.GET('/api/organizer/units/acts', { params: { query: { unit: id } }, fetch })),
    ]);
    return { unit, acts: done.acts, at, fault: null };
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.status === 404) error(404, { message: m.app_missing_title() });
    return { unit: null, acts: [], at, fault };
  }
};
