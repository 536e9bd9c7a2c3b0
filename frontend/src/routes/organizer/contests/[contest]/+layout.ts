import { error } from '@sveltejs/kit';
import { api, call } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { LayoutLoad } from './$types';

// Every page of a contest gets `data.setUp` (contest, checklist, next step); `invalidate('contest:view')` reads it again after a change.
export const load: LayoutLoad = async ({ params, url, depends, fetch }) => {
  depends('contest:view');
  const id = Number(params.contest);
  if (!Number.isSafeInteger(id) || id <= 0) error(404, { message: m.app_missing_title() });
  await requireRole(url, id, 'organizer', 'host', 'secretary', 'supervisor', 'author', 'reviewer');
  const setUp = await call(
    api.GET('/api/organizer/contests/{contest}', { params: { path: { contest: id } }, fetch }),
  );
  return { setUp, contest: setUp.contest };
};
