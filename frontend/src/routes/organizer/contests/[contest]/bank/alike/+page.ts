import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('bank:alike');
  const different = url.searchParams.get('different') === '1';
  const page = Math.max(0, Math.min(1000, Number.parseInt(url.searchParams.get('page') ?? '0', 10) || 0));
  try {
    const found = await call(
      api.GET('/api/organizer/contests/{contest}/bank/alike', {
        params: { path: { contest: Number(params.contest) }, query: { different, page } },
        fetch,
      }),
    );
    return { different, page, found, fault: null };
  } catch (error) {
    return { different, page, found: null, fault: Fault.from(error) };
  }
};
