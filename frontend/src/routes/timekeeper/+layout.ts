import { requireAccount } from '$lib/session';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ url }) => {
  await requireAccount(url);
};
