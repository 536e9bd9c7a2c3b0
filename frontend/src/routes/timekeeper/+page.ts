import { api, call } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  const { contests } = await call(api.GET('/api/organizer/contests', { fetch }));
  return { contests: contests.map((c) => ({ id: c.id, name: c.name })) };
};
