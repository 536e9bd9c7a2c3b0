// Who sits at this browser: an account with its roles, an entry's device, both, or nobody. The server tells; nothing
// here grants anything, it only spares people pages that would refuse them.
import { api, call } from '$lib/api/client';
import type { components } from '$lib/api/schema.gen';
import { live } from '$lib/live/connection.svelte';

export type SessionView = components['schemas']['WebSessionView'];
export type Role =
  | 'organizer'
  | 'host'
  | 'secretary'
  | 'judge'
  | 'supervisor'
  | 'timekeeper'
  | 'author'
  | 'reviewer'
  | 'leader';

/** Roles that nobody has without being named to them, administrators and organizers neither. */
const named = (role: Role) => role === 'judge' || role === 'supervisor' || role === 'leader';

class Session {
  /** undefined until the server has been asked. */
  view: SessionView | undefined = $state.raw();
  #asking: Promise<SessionView> | undefined;

  get account() {
    return this.view?.account;
  }

  get entry() {
    return this.view?.entry;
  }

  /** Asks once; later calls give what is known. Throws a Fault when the server cannot be reached. */
  async load(): Promise<SessionView> {
    if (this.view) return this.view;
    this.#asking ??= call(api.GET('/api/session')).finally(() => (this.#asking = undefined));
    this.view = await this.#asking;
    return this.view;
  }

  /** Asks again, after an act that gave this account a new role (making a contest). */
  async refresh(): Promise<void> {
    this.view = await call(api.GET('/api/session'));
  }

  async signIn(login: string, password: string): Promise<void> {
    this.replace(await call(api.POST('/api/session/sign-in', { body: { login, password } })));
  }

  /** Makes an account to take part by, and signs in with it. */
  async signUp(login: string, name: string, password: string): Promise<void> {
    this.replace(await call(api.POST('/api/session/sign-up', { body: { login, name, password } })));
  }

  async signOut(): Promise<void> {
    this.replace(await call(api.POST('/api/session/sign-out')));
  }

  /** Every act that signs in or out answers with the new session: give it here, so that the live line follows. */
  replace(view: SessionView): void {
    this.view = view;
    live.restart();
  }

  /** As the server decides it: an administrator is an organizer everywhere, nobody is a judge, a supervisor or a unit's
   *  leader without being named. */
  has(contest: number, role: Role): boolean {
    const account = this.account;
    if (!account) return false;
    if (account.admin && !named(role)) return true;
    const roles = account.grants.find((g) => g.contest_id === contest)?.roles ?? [];
    return roles.some((r) => r === role || (r === 'organizer' && !named(role)));
  }

  /** Where this account begins: who only judges at the marks, who only acts for a unit at the unit's contests, who only
   *  takes part at the own ones. */
  get home(): string {
    if (this.account?.self_made) return '/my-contests';
    const roles = this.account?.grants.flatMap((g) => g.roles) ?? [];
    const only = (role: Role) => !this.account?.admin && roles.length > 0 && roles.every((r) => r === role);
    return only('judge')
      ? '/judge'
      : only('timekeeper')
        ? '/timekeeper'
        : only('leader')
          ? '/leader'
          : '/organizer/contests';
  }

  /** Organizer, host or secretary. */
  staff(contest: number): boolean {
    return this.has(contest, 'host') || this.has(contest, 'secretary');
  }
}

export const session = new Session();
