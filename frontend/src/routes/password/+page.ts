import { requireAnyAccount } from '$lib/session';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url }) => {
  await requireAnyAccount(url);
};
