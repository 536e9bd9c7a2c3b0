// The host's desk of one round: what is going on, and the cues. A cue carries the number of the view on which it was
// decided, so that neither a second click nor a second host can skip a step.
import { Fault } from '$lib/api/fault';
import { live } from '$lib/live/connection.svelte';
import { LiveTopic } from '$lib/live/topic.svelte';
import type { ConsoleCounts, ConsoleView, Cue, CueCommand, TallyLine } from '../views';

/** After the button has come to mean something else, a press within this time was meant for what it said before. */
const settleMs = 500;

export class Desk {
  readonly topic: LiveTopic<'stage_console' | 'stage_counts'>;
  /** What the hall gets; nothing hangs on it. */
  readonly #hall: LiveTopic<'stage_audience'>;
  busy: Cue | null = $state(null);
  fault: Fault | null = $state.raw(null);
  #changedAt = 0;

  constructor(round: number) {
    this.topic = new LiveTopic(`organizer/round/${round}`);
    this.#hall = new LiveTopic(`audience/round/${round}`);
  }

  get view(): ConsoleView | undefined {
    return this.topic.views.stage_console;
  }

  get counts(): ConsoleCounts | undefined {
    return this.topic.views.stage_counts;
  }

  /** How often each option was chosen, once that is public. */
  get tally(): TallyLine[] | undefined {
    const hall = this.#hall.views.stage_audience;
    return hall && hall.play?.play === this.view?.play?.play ? hall.tally : undefined;
  }

  /** The host may act: the view is that of the server now. */
  get ready(): boolean {
    return this.topic.fresh && this.view !== undefined;
  }

  open(): () => void {
    const leave = this.topic.open();
    const out = this.#hall.open();
    let said = '';
    const off = this.topic.on('stage_console', (view) => {
      const says = `${view.next_cue ?? ''}/${view.undo?.kind ?? ''}/${view.play?.play ?? 0}`;
      if (says !== said) this.#changedAt = performance.now();
      said = says;
    });
    return () => {
      off();
      out();
      leave();
    };
  }

  can(cue: Cue): boolean {
    return this.ready && (this.view?.cues.includes(cue) ?? false);
  }

  /** Gives a cue of the big button, of undo, or of a clicker: not while its meaning has only just changed. */
  async press(cue: Cue): Promise<boolean> {
    if (performance.now() - this.#changedAt < settleMs) return false;
    return this.give(cue);
  }

  /** True when it was carried out; what went wrong stands in `fault`. */
  async give(cue: Cue, more: Partial<CueCommand> = {}): Promise<boolean> {
    const view = this.view;
    if (this.busy || !view) return false;
    this.busy = cue;
    this.fault = null;
    try {
      await live.command('cue', { ...more, cue, expected: view.seq }, { topic: this.topic.name });
      return true;
    } catch (error) {
      this.fault = Fault.from(error);
      return false;
    } finally {
      this.busy = null;
    }
  }

  /** Lets another device answer for an entry; throws a Fault. */
  async releaseDevice(entry: number): Promise<void> {
    await live.command('release_entry_device', { entry_id: entry }, { topic: this.topic.name });
  }
}
