import { error } from '@sveltejs/kit';
import { api, call } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { LayoutLoad } from './$types';

// Every page of a led contest gets `data.home`; `invalidate('leader:home')` reads it again after a change.
export const load: LayoutLoad = async ({ params, url, depends, fetch }) => {
  depends('leader:home');
  const id = Number(params.contest);
  if (!Number.isSafeInteger(id) || id <= 0) error(404, { message: m.app_missing_title() });
  await requireRole(url, id, 'leader');
  const home = await call(
    api.GET('/api/leader/contests/{contest}', { params: { path: { contest: id } }, fetch }),
  );
  return { home };
};
