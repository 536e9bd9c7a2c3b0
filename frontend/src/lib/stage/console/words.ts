// What cues and happenings are called.
import { m } from '$lib/paraglide/messages.js';
import type { components } from '$lib/api/schema.gen';
import type { ConsoleView, Cue } from '../views';

export function cueWords(cue: Cue, view: ConsoleView): string {
  switch (cue) {
    case 'start':
      return m.stage_cue_start();
    case 'next':
      return view.done === 0 ? m.stage_cue_first() : m.stage_cue_next();
    case 'open':
      return m.stage_cue_open();
    case 'close':
      return m.stage_cue_close();
    case 'reveal':
      return m.stage_cue_reveal();
    case 'resume':
      return m.stage_cue_resume();
    case 'finish':
      return m.stage_cue_finish();
    case 'scored':
      return m.stage_cue_scored();
    default:
      return m.stage_cue_next();
  }
}

/** A cue by the event that it made, as it is named when it is to be undone. */
export function doneWords(kind: string): string {
  switch (kind) {
    case 'started':
      return m.stage_done_started();
    case 'shown':
      return m.stage_done_shown();
    case 'opened':
      return m.stage_done_opened();
    case 'stopped':
      return m.stage_done_stopped();
    case 'revealed':
      return m.stage_done_revealed();
    case 'paused':
      return m.stage_done_paused();
    case 'resumed':
      return m.stage_done_resumed();
    case 'extended':
      return m.stage_done_extended();
    case 'voided':
      return m.stage_done_voided();
    case 'replaced':
      return m.stage_done_replaced();
    case 'corrected':
      return m.stage_done_corrected();
    case 'screen':
      return m.stage_done_screen();
    case 'board':
      return m.stage_done_board();
    case 'auto':
      return m.stage_done_auto();
    case 'finished':
      return m.stage_done_finished();
    default:
      return kind;
  }
}

/** A line of the log; `index` names the item of a play. */
export function eventWords(
  event: components['schemas']['StageEventView'],
  index: (play: number) => number | undefined,
): string {
  const at = event.play ? index(event.play) : undefined;
  const item = at ? m.stage_log_item({ index: at }) : '';
  const line = (text: string) => (item ? `${item}: ${text}` : text);
  switch (event.kind) {
    case 'closed':
      return line(m.stage_log_closed());
    case 'scored':
      return m.stage_log_scored();
    case 'voided':
      return line(
        event.policy === 'nobody'
          ? m.stage_void_nobody()
          : event.policy === 'everybody'
            ? m.stage_void_everybody()
            : m.stage_log_counts_again(),
      );
    case 'auto':
      return event.on ? m.stage_log_auto_on() : m.stage_log_auto_off();
    case 'board':
      return event.on ? m.stage_log_board_on() : m.stage_log_board_off();
    case 'media':
      return event.on ? m.stage_log_media_on() : m.stage_log_media_off();
    case 'undone':
      return line(m.stage_log_undone({ what: doneWords(event.undoes ?? '') }));
    default:
      return line(doneWords(event.kind));
  }
}

export function phaseWords(phase: ConsoleView['phase']): string {
  switch (phase) {
    case 'planned':
      return m.stage_phase_planned();
    case 'ready':
      return m.stage_phase_ready();
    case 'running':
      return m.stage_phase_running();
    case 'paused':
      return m.stage_phase_paused();
    case 'closed':
      return m.stage_phase_closed();
    case 'scored':
      return m.stage_phase_scored();
  }
}
