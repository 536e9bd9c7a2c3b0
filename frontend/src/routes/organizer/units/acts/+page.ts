import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, fetch }) => {
  depends('unit:acts');
  try {
    const page = await call(api.GET('/api/organizer/units/acts', { fetch }));
    return { page, fault: null };
  } catch (thrown) {
    return { page: null, fault: Fault.from(thrown) };
  }
};
