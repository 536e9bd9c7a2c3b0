import { error } from '@sveltejs/kit';
import { Fault } from '$lib/api';
import { parts } from '$lib/judging/setup/acts';
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session';
import type { PageLoad } from './$types';

/** How each judged part stands, and what it still needs. */
export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('contest:judging');
  const { contest } = await parent();
  if (!session.staff(contest.id) && !session.has(contest.id, 'supervisor'))
    error(403, { message: m.fault_title_forbidden() });
  try {
    return { parts: await parts(contest.id, fetch), fault: null };
  } catch (problem) {
    return { parts: [], fault: Fault.from(problem) };
  }
};
