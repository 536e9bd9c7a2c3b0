import { api, call, Fault } from '$lib/api';
import { requireAnyAccount } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, fetch }) => {
  await requireAnyAccount(url);
  try {
    const { entries } = await call(api.GET('/api/contestant/mine', { fetch }));
    return { entries, fault: null };
  } catch (error) {
    return { entries: [], fault: Fault.from(error) };
  }
};
