import { error } from '@sveltejs/kit';
import { api, call, Fault } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

/** How each judged round stands; a round that cannot be read says why in its place. */
export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('contest:judging');
  const { contest } = await parent();
  if (!session.staff(contest.id)) error(403, { message: m.fault_title_forbidden() });
  const rounds = await Promise.all(
    contest.rounds
      .filter((r) => r.kind === 'judged')
      .map(async (round) => {
        try {
          const view = await call(
            api.GET('/api/organizer/contests/{contest}/rounds/{round}/judging', {
              params: { path: { contest: contest.id, round: round.id } },
              fetch,
            }),
          );
          return { round, view, fault: null };
        } catch (problem) {
          return { round, view: null, fault: Fault.from(problem) };
        }
      }),
  );
  return { rounds };
};
