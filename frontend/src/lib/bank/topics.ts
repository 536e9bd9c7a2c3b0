import { api, call } from '$lib/api';
import type { Topic } from './review';

/** The paths of the bank's topics, to choose from while typing. Without them the form works as well. */
export async function loadTopics(contest: number, fetch: typeof globalThis.fetch): Promise<string[]> {
  try {
    const tree = await call(
      api.GET('/api/organizer/contests/{contest}/bank/topics', { params: { path: { contest } }, fetch }),
    );
    return tree.topics.map((t) => t.path);
  } catch {
    return [];
  }
}

/** A topic in a list of choices, set in by its depth. */
export const indented = (t: Pick<Topic, 'depth' | 'name'>) => `${'\u2003'.repeat(t.depth)}${t.name}`;
