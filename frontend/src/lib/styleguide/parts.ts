// The pages of the style guide: every component in its states, and one composed screen for each kind of user.
import type { Component } from 'svelte';

export const parts: Record<string, () => Promise<{ default: Component }>> = {
  '': () => import('./Components.svelte'),
  contestant: () => import('./Contestant.svelte'),
  judge: () => import('./Judge.svelte'),
  organizer: () => import('./Organizer.svelte'),
  projector: () => import('./Projector.svelte'),
};
