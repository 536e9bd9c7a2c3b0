import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { requireAccount } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, depends, fetch }) => {
  depends('system:audit');
  const view = await requireAccount(url);
  if (!view.account?.admin) error(403, { message: m.fault_title_forbidden() });
  try {
    const [page, whole] = await Promise.all([
      call(api.GET('/api/organizer/audit', { fetch })),
      call(api.GET('/api/organizer/audit/check', { fetch })),
    ]);
    return { page, whole, fault: null };
  } catch (thrown) {
    return { page: null, whole: null, fault: Fault.from(thrown) };
  }
};
