import type { HandleClientError } from '@sveltejs/kit';
import { Fault } from '$lib/api/fault';
import { m } from '$lib/paraglide/messages.js';
import { session } from '$lib/session/session.svelte';

// What a load or a page throws becomes words for people; the error page shows nothing else.
export const handleError: HandleClientError = ({ error, status }) => {
  if (status === 404) return { message: m.app_missing_title() };
  const fault = Fault.from(error);
  return { message: fault.detail, fault };
};

// Every screen of a contestant begins with who sits here: asked while the page's own files are still on their way. What
// goes wrong is told by the page, which asks again.
if (location.pathname.startsWith('/contestant') && !location.hash) session.load().catch(() => undefined);
