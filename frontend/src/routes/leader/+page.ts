import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('leader:contests');
  try {
    const { contests } = await call(api.GET('/api/leader/contests', { fetch }));
    return { contests, fault: null };
  } catch (error) {
    return { contests: [], fault: Fault.from(error) };
  }
};
