import type { PageLoad } from './$types';

// The round that is asked for, else the one that runs, else the first that is to come.
export const load: PageLoad = async ({ url, parent }) => {
  const { contest } = await parent();
  const asked = Number(url.searchParams.get('round'));
  const rounds = contest.rounds;
  const round =
    rounds.find((r) => r.id === asked) ??
    rounds.find((r) => r.state === 'running' || r.state === 'paused') ??
    rounds.find((r) => r.kind === 'stage' && (r.state === 'ready' || r.state === 'planned')) ??
    rounds.find((r) => r.state === 'ready' || r.state === 'planned') ??
    rounds[rounds.length - 1];
  return { round, full: true };
};
