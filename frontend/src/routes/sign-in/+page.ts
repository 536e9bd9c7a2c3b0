import { api, call } from '$lib/api';
import type { PageLoad } from './$types';

/*
 * Contestants have accounts only where a contest takes them. It is known before the form is drawn: a lead that grows
 * afterwards moves the button away from under a finger. Whoever can't be told may still sign in.
 */
export const load: PageLoad = async ({ fetch }) => {
  try {
    const { open } = await call(api.GET('/api/session/sign-up', { fetch }));
    return { open };
  } catch {
    return { open: false };
  }
};
