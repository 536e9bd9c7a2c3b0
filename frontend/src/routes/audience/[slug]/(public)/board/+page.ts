import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { PageLoad } from './$types';

// The first picture comes by HTTP, so that the board stands before the live line does; a fault is shown in its place.
export const load: PageLoad = async ({ params, fetch }) => {
  try {
    const first = await call(
      api.GET('/api/audience/contests/{slug}/board', {
        params: { path: { slug: params.slug }, query: { limit: 100 } },
        fetch,
      }),
    );
    return { first, fault: null };
  } catch (error) {
    return { first: null, fault: Fault.from(error) };
  }
};
