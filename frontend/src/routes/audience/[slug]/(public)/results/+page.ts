import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { PageLoad } from './$types';

// "not_final" is no fault but the state of things; anything else is shown in place of the results.
export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('audience:results');
  try {
    const final = await call(
      api.GET('/api/audience/contests/{slug}/results', { params: { path: { slug: params.slug } }, fetch }),
    );
    return { final, fault: null };
  } catch (error) {
    const fault = Fault.from(error);
    return { final: null, fault: fault.code === 'not_final' ? null : fault };
  }
};
