// The words by which codes are passed on in Zalo.
import { api, call } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';

/** The messages of chosen entries (none: of all the leader's units), one after the other. */
export async function zaloMessages(contest: number, name: string, ids: number[]): Promise<string[]> {
  const { entries } = await call(
    api.POST('/api/leader/contests/{contest}/codes', { params: { path: { contest } }, body: { ids } }),
  );
  return entries.map((e) =>
    m.leader_zalo({
      contest: name,
      name: e.name,
      number: e.number,
      code: e.code,
      link: `${location.origin}${e.path}`,
    }),
  );
}
