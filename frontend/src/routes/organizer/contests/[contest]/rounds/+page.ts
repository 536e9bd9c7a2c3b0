import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url }) => {
  await requireRole(url, Number(params.contest), 'organizer');
};
