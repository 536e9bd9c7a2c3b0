import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('judge:rounds');
  try {
    const { seats } = await call(api.GET('/api/judge/rounds', { fetch }));
    return { seats, fault: null };
  } catch (error) {
    return { seats: [], fault: Fault.from(error) };
  }
};
