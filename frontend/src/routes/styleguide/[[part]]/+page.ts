import { error } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { PageLoad } from './$types';

// The style guide exists while developing and in its own build; in the product this address leads nowhere.
export const load: PageLoad = async ({ params }) => {
  if (!__STYLEGUIDE__) error(404, { message: m.app_missing_title() });
  const { parts } = await import('$lib/styleguide/parts');
  const open = parts[params.part ?? ''];
  if (!open) error(404, { message: m.app_missing_title() });
  return { Part: (await open()).default };
};
