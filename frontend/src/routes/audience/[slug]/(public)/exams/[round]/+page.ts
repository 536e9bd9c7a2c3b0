import { loadPublicExam } from '$lib/exam/audience/standings';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('audience:exam');
  return { exam: await loadPublicExam(params.slug, Number(params.round), fetch) };
};
