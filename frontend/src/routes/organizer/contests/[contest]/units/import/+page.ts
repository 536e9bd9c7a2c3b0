import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url }) => {
  const { contest } = await parent();
  await requireRole(url, contest.id, 'organizer');
};
