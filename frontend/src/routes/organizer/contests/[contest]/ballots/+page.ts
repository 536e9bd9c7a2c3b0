import { error } from '@sveltejs/kit';
import { Fault } from '$lib/api';
import { office } from '$lib/judging/ballot/acts';
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

/** The ballots of the panel for side prizes. */
export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('contest:ballots');
  const { contest } = await parent();
  if (!session.staff(contest.id)) error(403, { message: m.fault_title_forbidden() });
  try {
    return { ballots: await office.list(contest.id, fetch), fault: null };
  } catch (problem) {
    return { ballots: null, fault: Fault.from(problem) };
  }
};
