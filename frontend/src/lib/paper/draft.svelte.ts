// A blueprint as the page edits it. Each change is compared with the bank at once and saved a moment later.
import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Blueprint, Feasibility, Spec } from './types';

const restMs = 700;
const checkMs = 250;

export class Draft {
  name: string;
  round: number;
  spec: Spec;
  state: 'saved' | 'changed' | 'saving' | 'failed' = $state('saved');
  fault: Fault | null = $state.raw(null);
  /** What the bank says to the spec; null: not asked yet. */
  feasible: Feasibility | null = $state.raw(null);
  checking = $state(false);
  readonly id: number;
  #contest: number;
  #version: number;
  #save: ReturnType<typeof setTimeout> | undefined;
  #check: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #busy = false;
  #dirty = false;

  constructor(contest: number, view: Blueprint) {
    this.#contest = contest;
    this.id = view.id;
    this.#version = view.version;
    this.name = $state(view.name);
    this.round = $state(view.round_id);
    this.spec = $state(JSON.parse(JSON.stringify(view.spec)) as Spec);
  }

  changed(): void {
    this.#dirty = true;
    if (this.state !== 'saving') this.state = 'changed';
    clearTimeout(this.#save);
    this.#save = setTimeout(() => void this.save(), restMs);
    clearTimeout(this.#check);
    this.#check = setTimeout(() => void this.check(), checkMs);
  }

  async check(): Promise<void> {
    const mine = ++this.#asked;
    this.checking = true;
    try {
      const answer = await call(
        api.POST('/api/organizer/contests/{contest}/bank/blueprint-check', {
          params: { path: { contest: this.#contest } },
          body: { blueprint: this.id, spec: $state.snapshot(this.spec) },
        }),
      );
      if (mine === this.#asked) this.feasible = answer;
    } catch {
      // Saving meets the same fault and shows it.
      if (mine === this.#asked) this.feasible = null;
    } finally {
      if (mine === this.#asked) this.checking = false;
    }
  }

  /** Saves what is not saved; true: all is. */
  async save(): Promise<boolean> {
    clearTimeout(this.#save);
    if (this.#busy) return false;
    this.#busy = true;
    this.fault = null;
    try {
      while (this.#dirty) {
        this.#dirty = false;
        this.state = 'saving';
        try {
          const saved = await call(
            api.PUT('/api/organizer/contests/{contest}/bank/blueprints/{blueprint}', {
              params: { path: { contest: this.#contest, blueprint: this.id } },
              body: {
                name: this.name,
                round_id: this.round,
                version: this.#version,
                spec: $state.snapshot(this.spec),
              },
            }),
          );
          this.#version = saved.version;
        } catch (error) {
          this.#dirty = true;
          throw error;
        }
      }
      this.state = 'saved';
    } catch (error) {
      this.state = 'failed';
      this.fault = Fault.from(error);
    } finally {
      this.#busy = false;
    }
    return this.state === 'saved';
  }
}
