// In with the account alone: the server signs this device in as the account's entry.
import { goto } from '$app/navigation';
import { api, call } from '$lib/api';
import type { components } from '$lib/api';
import { session } from '$lib/session';

type Next = components['schemas']['RosterPartView']['next'];

/** Where a contestant goes from the door: into the round that can be opened now, else to the own page. */
export const placeOf = (next: Next): string =>
  next && next.state !== 'planned' && (next.kind === 'exam' || next.kind === 'stage')
    ? `/contestant/${next.kind === 'exam' ? 'exams' : 'rounds'}/${next.id}`
    : '/contestant';

export async function comeBack(contest: string, next: Next): Promise<void> {
  await call(api.POST('/api/contestant/enter-by-account', { body: { contest } }));
  session.replace(await call(api.GET('/api/session')));
  await goto(placeOf(next));
}
