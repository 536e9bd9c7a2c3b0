import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch }) => {
  try {
    const form = await call(
      api.GET('/api/audience/contests/{slug}/registration', {
        params: { path: { slug: params.slug } },
        fetch,
      }),
    );
    return { form, fault: null, slug: params.slug };
  } catch (error) {
    return { form: null, fault: Fault.from(error), slug: params.slug };
  }
};
