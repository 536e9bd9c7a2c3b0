// Guards for +layout.ts and +page.ts: who may not be here is sent to sign in, or told so. The server decides anyway;
// this only keeps people from pages that could show them nothing.
import { error, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { session, type Role, type SessionView } from './session.svelte';

function signIn(url: URL): never {
  redirect(307, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
}

function forbid(): never {
  error(403, { message: m.fault_title_forbidden() });
}

/** Any account, also one that its owner has made to take part. */
export async function requireAnyAccount(url: URL): Promise<SessionView> {
  const view = await session.load();
  if (!view.account) signIn(url);
  return view;
}

/** An account of somebody who works here; who only takes part is brought to the own contests. */
export async function requireAccount(url: URL): Promise<SessionView> {
  const view = await requireAnyAccount(url);
  if (view.account?.self_made) redirect(307, '/my-contests');
  return view;
}

/** An account with one of the roles in the contest. */
export async function requireRole(url: URL, contest: number, ...roles: Role[]): Promise<SessionView> {
  const view = await requireAccount(url);
  if (!roles.some((role) => session.has(contest, role))) forbid();
  return view;
}

/** A device signed in as an entry; `signInPath` is where codes are entered. */
export async function requireEntry(url: URL, signInPath: string): Promise<SessionView> {
  const view = await session.load();
  if (!view.entry) redirect(307, `${signInPath}?next=${encodeURIComponent(url.pathname + url.search)}`);
  return view;
}

/** Only our own paths: a link of another site must not come back through our sign-in. */
export function safeNext(next: string | null, otherwise: string): string {
  return next && /^\/(?![/\\])/.test(next) ? next : otherwise;
}
