import type { HandleClientError } from '@sveltejs/kit';
import { Fault } from '$lib/api/fault';
import { m } from '$lib/paraglide/messages.js';

// What a load or a page throws becomes words for people; the error page shows nothing else.
export const handleError: HandleClientError = ({ error, status }) => {
  if (status === 404) return { message: m.app_missing_title() };
  const fault = Fault.from(error);
  return { message: fault.detail, fault };
};
