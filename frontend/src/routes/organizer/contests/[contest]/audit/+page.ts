import { api, call, Fault } from '$lib/api';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('contest:audit');
  const path = { contest: Number(params.contest) };
  await requireRole(url, path.contest, 'organizer');
  try {
    const [page, whole] = await Promise.all([
      call(api.GET('/api/organizer/contests/{contest}/audit', { params: { path }, fetch })),
      call(api.GET('/api/organizer/contests/{contest}/audit/check', { params: { path }, fetch })),
    ]);
    return { page, whole, fault: null };
  } catch (error) {
    return { page: null, whole: null, fault: Fault.from(error) };
  }
};
