import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

// The page is never an error page: without a network it says so in place of the list.
export const load: PageLoad = async ({ fetch }) => {
  try {
    const { contests } = await call(api.GET('/api/audience/contests', { fetch }));
    return { contests, fault: null };
  } catch (error) {
    return { contests: [], fault: Fault.from(error) };
  }
};
