import { error } from '@sveltejs/kit';
import { api, call } from '$lib/api';
import { Fault } from '$lib/api/fault';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

// The host's console of the ceremony has the whole screen, without the menu (`+page@`).
export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('contest:view', 'contest:ceremony');
  const id = Number(params.contest);
  if (!Number.isSafeInteger(id) || id <= 0) error(404, { message: m.app_missing_title() });
  await requireRole(url, id, 'host', 'organizer');
  const path = { contest: id };
  const { contest } = await call(api.GET('/api/organizer/contests/{contest}', { params: { path }, fetch }));
  try {
    const desk = await call(
      api.GET('/api/organizer/contests/{contest}/ceremony', { params: { path }, fetch }),
    );
    return { contest, desk, fault: null };
  } catch (fault) {
    return { contest, desk: null, fault: Fault.from(fault) };
  }
};
