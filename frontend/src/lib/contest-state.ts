// The states of a contest in words and tones, the same wherever a contest is named.
import { m } from '$lib/paraglide/messages.js';
import type { components } from '$lib/api';
import type { PillTone } from '$lib/ui/Pill.svelte';

export type ContestState = components['schemas']['ContestOrganizerView']['state'];

export function contestState(state: ContestState): { label: string; tone: PillTone } {
  switch (state) {
    case 'draft':
      return { label: m.contest_state_draft(), tone: 'neutral' };
    case 'open':
      return { label: m.contest_state_open(), tone: 'accent' };
    case 'running':
      return { label: m.contest_state_running(), tone: 'good' };
    case 'ended':
      return { label: m.contest_state_ended(), tone: 'neutral' };
    case 'finalized':
      return { label: m.contest_state_finalized(), tone: 'gold' };
    case 'archived':
      return { label: m.contest_state_archived(), tone: 'neutral' };
  }
}
