import { api, call, Fault } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('bank:readings');
  const account = Math.max(0, Number.parseInt(url.searchParams.get('account') ?? '0', 10) || 0);
  try {
    const found = await call(
      api.GET('/api/organizer/contests/{contest}/bank/readings', {
        params: { path: { contest: Number(params.contest) }, query: { account } },
        fetch,
      }),
    );
    return { account, found, fault: null };
  } catch (error) {
    return { account, found: null, fault: Fault.from(error) };
  }
};
