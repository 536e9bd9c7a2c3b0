import { api, call, Fault } from '$lib/api';
import { requireAnyAccount } from '$lib/session';
import type { PageLoad } from './$types';

type Choice = { slug: string; name: string };

// The contests that take accounts; one that only its address leads to is asked for by it.
export const load: PageLoad = async ({ url, fetch }) => {
  await requireAnyAccount(url);
  const wanted = url.searchParams.get('c') ?? '';
  const number = url.searchParams.get('n') ?? '';
  try {
    const { contests } = await call(api.GET('/api/audience/contests', { fetch }));
    const choices: Choice[] = contests
      .filter((c) => c.account_entry)
      .map(({ slug, name }) => ({ slug, name }));
    if (wanted && !choices.some((c) => c.slug === wanted)) {
      const one = await call(
        api.GET('/api/audience/contests/{slug}', { params: { path: { slug: wanted } }, fetch }),
      ).catch(() => null);
      if (one?.account_entry) choices.push({ slug: one.slug, name: one.name });
    }
    return { choices, wanted, number, fault: null };
  } catch (error) {
    return { choices: [] as Choice[], wanted, number, fault: Fault.from(error) };
  }
};
