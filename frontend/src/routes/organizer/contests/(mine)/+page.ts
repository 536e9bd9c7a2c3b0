import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, fetch }) => {
  depends('contest:mine');
  try {
    const { contests } = await call(api.GET('/api/organizer/contests', { fetch }));
    return { contests, fault: null };
  } catch (error) {
    return { contests: [], fault: Fault.from(error) };
  }
};
