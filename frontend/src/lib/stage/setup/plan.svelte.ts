// The timeline and the rules of a round before its start, as the page edits them. Each change is saved by itself a
// moment later; the version that the server gives back makes sure that two organizers never overwrite each other.
import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { components } from '$lib/api/schema.gen';
import type { Question, Settings } from '../views';

type Schemas = components['schemas'];
export type SetupView = Schemas['StageSetupView'];
export type Line = {
  version_id: number;
  item_id: number;
  question: Question;
  /** null: as the round says. */
  points: number | null;
  duration_s: number | null;
  reserve: boolean;
  /** Why the bank would not give it for a round now; empty: it would. */
  barred: Schemas['StageSetupItemView']['barred'];
};

const restMs = 700;

export class Plan {
  lines: Line[] = $state([]);
  settings: Settings;
  state: 'saved' | 'changed' | 'saving' | 'failed' = $state('saved');
  fault: Fault | null = $state.raw(null);
  /** Told after each save. */
  onsaved: () => void = () => undefined;
  #contest: number;
  #round: number;
  #version: number;
  #dirty = { lines: false, settings: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(contest: number, view: SetupView) {
    this.#contest = contest;
    this.#round = view.round_id;
    this.#version = view.version;
    this.settings = $state({ ...view.settings });
    this.lines = view.items.map((it) => ({
      version_id: it.version_id,
      item_id: it.item_id,
      question: it.question,
      points: it.points ?? null,
      duration_s: it.duration_s ?? null,
      reserve: it.reserve,
      barred: it.barred,
    }));
  }

  get main(): Line[] {
    return this.lines.filter((l) => !l.reserve);
  }

  get reserve(): Line[] {
    return this.lines.filter((l) => l.reserve);
  }

  get maxScore(): number {
    return this.main.reduce((sum, l) => sum + (l.points ?? this.settings.points), 0);
  }

  /** Seconds that the answering takes in all. */
  get seconds(): number {
    return this.main.reduce((sum, l) => sum + (l.duration_s ?? this.settings.duration_s), 0);
  }

  add(items: Schemas['BankListedItem'][], reserve: boolean): void {
    const have = new Set(this.lines.map((l) => l.item_id));
    const fresh = items
      .filter((item) => !have.has(item.id))
      .map((item) => ({
        version_id: item.version_id,
        item_id: item.id,
        question: item.question,
        points: null,
        duration_s: null,
        reserve,
        barred: '' as const,
      }));
    this.lines = [...this.lines, ...fresh];
    this.changed('lines');
  }

  /** The questions of a paper, in its order and with its points. */
  take(entries: Schemas['PaperEntryView'][]): void {
    const have = new Set(this.lines.map((l) => l.item_id));
    const fresh = entries
      .filter((e) => !have.has(e.item))
      .map((e) => ({
        version_id: e.version,
        item_id: e.item,
        question: e.question,
        points: e.points,
        duration_s: null,
        reserve: false,
        barred: '' as const,
      }));
    this.lines = [...this.lines, ...fresh];
    this.changed('lines');
  }

  remove(line: Line): void {
    this.lines = this.lines.filter((l) => l.version_id !== line.version_id);
    this.changed('lines');
  }

  /** Puts back what was removed, where it was. */
  restore(lines: Line[]): void {
    this.lines = lines;
    this.changed('lines');
  }

  /** To a place among those of its own list, from 0. */
  move(line: Line, to: number): void {
    const own = this.lines.filter((l) => l.reserve === line.reserve && l.version_id !== line.version_id);
    own.splice(Math.max(0, Math.min(own.length, to)), 0, line);
    const others = this.lines.filter((l) => l.reserve !== line.reserve);
    this.lines = line.reserve ? [...others, ...own] : [...own, ...others];
    this.changed('lines');
  }

  setReserve(line: Line, reserve: boolean): void {
    const others = this.lines.filter((l) => l.version_id !== line.version_id);
    this.lines = [...others, { ...line, reserve }];
    this.changed('lines');
  }

  changed(what: 'lines' | 'settings'): void {
    this.#dirty[what] = true;
    if (this.state !== 'saving') this.state = 'changed';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), restMs);
  }

  async save(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#busy) return;
    this.#busy = true;
    this.fault = null;
    try {
      while (this.#dirty.settings || this.#dirty.lines) {
        this.state = 'saving';
        const what = this.#dirty.settings ? 'settings' : 'lines';
        this.#dirty[what] = false;
        try {
          this.#version = (await (what === 'settings' ? this.#saveSettings() : this.#saveLines())).version;
        } catch (error) {
          this.#dirty[what] = true;
          throw error;
        }
      }
      this.state = 'saved';
      this.onsaved();
    } catch (error) {
      this.state = 'failed';
      this.fault = Fault.from(error);
    } finally {
      this.#busy = false;
    }
  }

  get #path() {
    return { path: { contest: this.#contest, round: this.#round } };
  }

  #saveSettings() {
    return call(
      api.PUT('/api/organizer/contests/{contest}/rounds/{round}/stage/settings', {
        params: this.#path,
        body: { version: this.#version, settings: { ...this.settings } },
      }),
    );
  }

  #saveLines() {
    return call(
      api.PUT('/api/organizer/contests/{contest}/rounds/{round}/stage/items', {
        params: this.#path,
        body: {
          version: this.#version,
          items: this.lines.map((l) => ({
            version_id: l.version_id,
            reserve: l.reserve,
            points: l.points ?? undefined,
            duration_s: l.duration_s ?? undefined,
          })),
        },
      }),
    );
  }
}
