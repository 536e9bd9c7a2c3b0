// What was changed on the night, in words.
import type { components } from '$lib/api';
import { m } from '$lib/paraglide/messages.js';
import { seatName } from './words';

export type Change = components['schemas']['JudgingChangeView'];

export function changeWords(c: Pick<Change, 'kind' | 'entry' | 'seat' | 'before' | 'after'>): string {
  const seat = c.seat > 0 ? seatName(c.seat) : '';
  switch (c.kind) {
    case 'move':
    case 'last':
      // Behind codes the places are not told.
      return c.before && c.after
        ? m.panel_change_move({ entry: c.entry, from: c.before, to: c.after })
        : m.panel_change_moved({ entry: c.entry });
    case 'leave_out':
      return m.panel_change_leave({ entry: c.entry });
    case 'bring_back':
      return m.panel_change_back({ entry: c.entry });
    case 'add':
      return m.panel_change_add({ entry: c.entry });
    case 'redraw':
      return c.after ? m.panel_change_redraw({ count: c.after }) : m.panel_change_redrawn();
    case 'replace':
      return m.panel_change_replace({ seat, before: c.before, after: c.after });
    case 'join':
      return m.panel_change_join({ seat, before: c.before, after: c.after });
    case 'head':
      return m.panel_change_head({ seat, after: c.after });
    case 'absent':
      return m.panel_change_absent({ seat });
    case 'present':
      return m.panel_change_present({ seat });
    case 'ties':
      return m.panel_change_ties({ seat });
    case 'names':
      return m.panel_change_names({ before: c.before, after: c.after });
  }
}
