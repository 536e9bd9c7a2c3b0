import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  try {
    const { open } = await call(api.GET('/api/session/sign-up', { fetch }));
    return { open, fault: null };
  } catch (error) {
    return { open: false, fault: Fault.from(error) };
  }
};
