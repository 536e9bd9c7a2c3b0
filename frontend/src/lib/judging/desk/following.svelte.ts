// Which sheet is on the screen, and which part of the evening: both follow the stage, but never under a judge's finger.
import { untrack } from 'svelte';
import type { EveningPart, JudgePerformance, JudgeView } from '../types';
import { firstSheet, follow, followPart, leadingPart } from './follow';

export type Line = { turn: JudgePerformance; total: number; missing: number; begun: boolean };

/** Nothing is to be marked here: the sheet is left out for a tie, or the entry does not perform. */
export const exempt = (turn: JudgePerformance) =>
  turn.away || turn.conflict?.barred === true || (turn.withdrawn && turn.state === 'planned');

type Watched = {
  readonly view: JudgeView;
  readonly lines: Line[];
  readonly parts: EveningPart[];
  /** A dialog is open: nothing moves by itself. */
  readonly busy: boolean;
  /** Another device has taken the sheets over. */
  readonly elsewhere: boolean;
  onpart: (part: EveningPart) => void;
};

/** The running order before what is only for practice. */
const ordered = <T extends { calibration: boolean }>(turns: T[]) => [
  ...turns.filter((t) => !t.calibration),
  ...turns.filter((t) => t.calibration),
];

/** Made while a component is made: its effects live and end with it. */
export class Following {
  selected = $state(0);
  /** The sheet that was on the screen before the stage moved it. */
  movedFrom = $state(0);
  arriving = $state(false);
  /** The part in which the stage is, when it is not this one. */
  ahead: EveningPart | undefined = $state.raw();
  parting = $state(false);
  #touched = $state(false);
  #pending = $state(false);
  #known = 0;
  #knownLead: string | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #settled: ReturnType<typeof setTimeout> | undefined;
  #w: Watched;

  constructor(watched: Watched) {
    this.#w = watched;
    this.#followSheet();
    this.#followPart();
  }

  get line(): Line | undefined {
    return this.#w.lines.find((l) => l.turn.id === this.selected);
  }

  /** Sheets of this part are still to be locked. */
  get unfinished(): boolean {
    const { view, lines } = this.#w;
    return (
      !view.closed &&
      !view.absent &&
      lines.some(
        ({ turn }) =>
          turn.state !== 'planned' && turn.sheet.state !== 'locked' && !turn.calibration && !exempt(turn),
      )
    );
  }

  show(id: number) {
    this.selected = id;
    this.movedFrom = 0;
    this.arriving = false;
    document.getElementById('sheet')?.scrollTo({ top: 0 });
    window.scrollTo({ top: 0 });
  }

  /** A mark was just set: the sheet stays for a moment. */
  touch() {
    this.#touched = true;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => (this.#touched = false), 4000);
  }

  // A sheet that changes by itself takes no touch for a moment: a finger on its way was meant for the one before.
  #arrive(id: number) {
    const before = this.selected;
    this.show(id);
    this.movedFrom = before;
    this.arriving = true;
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => (this.arriving = false), 700);
  }

  // Only a change of the stage moves the sheet; looking back at another one is left alone.
  #followSheet() {
    $effect(() => {
      const { view, lines } = this.#w;
      const now = view.on_stage;
      untrack(() => {
        if (now !== this.#known && now !== 0 && !(view.free && this.selected !== 0)) this.#pending = true;
        this.#known = now;
        if (lines.some((l) => l.turn.id === this.selected)) return;
        this.selected = firstSheet(
          ordered(view.performances).map((p) => ({
            id: p.id,
            state: p.state,
            locked: p.sheet.state === 'locked' || exempt(p),
          })),
          now,
        );
        this.#pending = false;
      });
    });
    $effect(() => {
      if (!this.#pending) return;
      const { view, busy } = this.#w;
      const line = this.line;
      const locked = line?.turn.sheet.state === 'locked';
      const move = follow({
        onStage: view.on_stage,
        selected: this.selected,
        halfMarked: line !== undefined && !locked && !exempt(line.turn) && line.begun && line.missing > 0,
        busy: busy || this.#touched,
      });
      if (move === 'go') untrack(() => this.#arrive(view.on_stage));
      if (move === 'go' || view.on_stage === 0 || view.on_stage === this.selected) this.#pending = false;
    });
  }

  // The stage goes on to another part of the evening: this desk goes with it, or offers the way.
  #followPart() {
    $effect(() => {
      const { view, parts } = this.#w;
      const lead = leadingPart(parts);
      const now = lead && lead.round_id !== view.round_id ? lead : undefined;
      const name = parts.length === 0 ? undefined : now ? `${now.round_id}/${now.on_stage}` : '';
      untrack(() => {
        if (name === undefined || name === this.#knownLead) return;
        const arrived = this.#knownLead === undefined;
        this.#knownLead = name;
        this.ahead = now;
        this.parting =
          now !== undefined &&
          followPart({
            unfinished: this.unfinished,
            arrived: arrived || this.#w.elsewhere,
            busy: false,
          }) !== 'offer';
      });
    });
    $effect(() => {
      if (!this.parting || !this.ahead) return;
      const move = followPart({
        unfinished: this.unfinished,
        arrived: false,
        busy: this.#w.busy || this.#touched,
      });
      if (move === 'wait') return;
      this.parting = false;
      if (move === 'go') this.#w.onpart(this.ahead);
    });
  }
}
