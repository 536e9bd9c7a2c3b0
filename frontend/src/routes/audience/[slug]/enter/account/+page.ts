import { api, call, Fault } from '$lib/api';
import type { components } from '$lib/api';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

type Part = components['schemas']['RosterPartView'];

export const load: PageLoad = async ({ params, fetch }) => {
  const slug = params.slug;
  try {
    const [form, who] = await Promise.all([
      call(
        api.GET('/api/audience/contests/{slug}/registration', {
          params: { path: { slug } },
          fetch,
        }),
      ),
      session.load(),
    ]);
    let part: Part | undefined;
    if (who.account) {
      const { entries } = await call(api.GET('/api/contestant/mine', { fetch }));
      part = entries.find((p) => p.contest_slug === slug);
    }
    return { slug, form, account: who.account, part, fault: null };
  } catch (error) {
    return { slug, form: null, account: undefined, part: undefined, fault: Fault.from(error) };
  }
};
