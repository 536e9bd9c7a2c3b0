import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { requireAccount } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url }) => {
  const view = await requireAccount(url);
  if (!view.account?.admin) error(403, { message: m.fault_title_forbidden() });
};
