import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('paper:paper');
  const path = { contest: Number(params.contest), paper: Number(params.paper) };
  if (!Number.isSafeInteger(path.paper) || path.paper <= 0) error(404, { message: m.app_missing_title() });
  const variant = (url.searchParams.get('variant') ?? '').slice(0, 8);
  try {
    const paper = await call(
      api.GET('/api/organizer/contests/{contest}/bank/papers/{paper}', {
        params: { path, query: { variant } },
        fetch,
      }),
    );
    return { paper, fault: null };
  } catch (reason) {
    return { paper: null, fault: Fault.from(reason) };
  }
};
