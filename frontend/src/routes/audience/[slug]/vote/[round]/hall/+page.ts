import { readPublic } from '$lib/vote/public';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch }) => ({
  vote: await readPublic(Number(params.round), fetch),
});
