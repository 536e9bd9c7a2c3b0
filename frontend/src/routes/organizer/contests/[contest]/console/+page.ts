import { error, redirect } from '@sveltejs/kit';
import { api, call } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { requireRole } from '$lib/session';
import type { PageLoad } from './$types';

// The console has the whole screen, without the menu (`+page@`), and so reads the contest itself. It opens the round
// that is asked for, else the one that runs, else the first that is to come.
export const load: PageLoad = async ({ params, url, depends, fetch }) => {
  depends('contest:view');
  const id = Number(params.contest);
  if (!Number.isSafeInteger(id) || id <= 0) error(404, { message: m.app_missing_title() });
  await requireRole(url, id, 'host', 'secretary');
  const { contest } = await call(
    api.GET('/api/organizer/contests/{contest}', { params: { path: { contest: id } }, fetch }),
  );
  const asked = Number(url.searchParams.get('round'));
  const rounds = contest.rounds;
  const round =
    rounds.find((r) => r.id === asked) ??
    rounds.find((r) => r.state === 'running' || r.state === 'paused') ??
    rounds.find((r) => r.kind === 'stage' && (r.state === 'ready' || r.state === 'planned')) ??
    rounds.find((r) => r.state === 'ready' || r.state === 'planned') ??
    rounds[rounds.length - 1];
  // An online exam is run from a page of its own, with the menu.
  if (round?.kind === 'exam') redirect(307, `/organizer/contests/${id}/rounds/${round.id}/exam/control`);
  return { contest, round };
};
