import { error, redirect } from '@sveltejs/kit';
import { api, call } from '$lib/api';
import { setUpPath } from '$lib/contest/words';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

// Each kind of round has its own set-up; a judged one reads its own when it is drawn.
export const load: PageLoad = async ({ params, parent, depends, fetch }) => {
  depends('stage:setup');
  const { contest } = await parent();
  const round = contest.rounds.find((r) => r.id === Number(params.round));
  if (!round) error(404, { message: m.app_missing_title() });
  if (round.kind === 'exam') redirect(307, setUpPath(contest.id, round));
  if (round.kind !== 'stage') return { round, stage: null };
  const stage = await call(
    api.GET('/api/organizer/contests/{contest}/rounds/{round}/stage', {
      params: { path: { contest: contest.id, round: round.id } },
      fetch,
    }),
  );
  return { round, stage };
};
