// The server's end of a judge's line, played by hand, and the view of a round with one turn; for tests.
import { expect, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import type { Listener } from '$lib/live/connection.svelte';
import type { Store } from '$lib/live/outbox.svelte';
import type { JudgeView } from '../types';

export type Sent = {
  kind: string;
  data: Record<string, unknown>;
  ok: (reply: unknown) => void;
  no: (fault: Fault) => void;
};

/** The server's end of the line, played by hand. */
export class Line {
  state = 'open';
  sent: Sent[] = [];
  listener: Listener | undefined;
  #welcome = new Set<() => void>();
  #seq = 1;

  command = (kind: string, data: Record<string, unknown>) =>
    this.state !== 'open'
      ? Promise.reject(Fault.network())
      : new Promise<unknown>((ok, no) => this.sent.push({ kind, data, ok, no }));
  onwelcome = (then: () => void) => {
    this.#welcome.add(then);
    return () => this.#welcome.delete(then);
  };
  hold = () => () => undefined;
  nudge = () => undefined;
  listen = (listener: Listener) => {
    this.listener = listener;
    return () => undefined;
  };

  show(view: JudgeView) {
    this.listener?.message({ kind: 'judge_view', epoch: 1, seq: this.#seq++, data: view });
  }

  cut() {
    this.state = 'waiting';
    const before = this.sent;
    this.sent = [];
    for (const s of before) s.no(new Fault(0, 'no_answer', ''));
  }

  up() {
    this.state = 'open';
    for (const then of this.#welcome) then();
  }

  async take(kind: string): Promise<Sent> {
    await vi.advanceTimersByTimeAsync(300);
    const index = this.sent.findIndex((s) => s.kind === kind);
    expect(index, `a ${kind} is on its way`).toBeGreaterThanOrEqual(0);
    return this.sent.splice(index, 1)[0]!;
  }
}

export function memory(): Store {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

type Mark = JudgeView['performances'][number]['sheet']['marks'][number];

export function view(writer: number, marks: Mark[] = [], version = marks.length): JudgeView {
  const criterion = (id: number) => ({
    id,
    name: `C${id}`,
    description: '',
    max: 1000,
    step: 50,
    weight: 10_000,
    levels: [],
  });
  return {
    contest_id: 1,
    round_id: 4,
    round_name: 'Tiểu phẩm',
    closed: false,
    seat: 3,
    name: 'Trần Văn Đức',
    head: false,
    absent: false,
    writer,
    criteria: [criterion(1), criterion(2)],
    max_total: 2000,
    decimals: 2,
    time_limit_seconds: 480,
    overtime: { method: 'none', limit_seconds: 480 },
    free: false,
    count_down: false,
    warnings: [60, 30],
    on_stage: 40,
    blind: false,
    changes: [],
    signing: { state: 'open', number: 1, seal: '', requests: [] },
    performances: [
      {
        id: 40,
        away: false,
        position: 1,
        entry_id: 7,
        number: '004',
        entry_name: 'Đội 4',
        code: '',
        unit_name: '',
        title: '',
        withdrawn: false,
        state: 'on_stage',
        started_us: 1,
        ended_us: 0,
        timed_by_hand: false,
        calibration: false,
        clock: { state: 'running', used_us: 0, since_us: 1, reason: '' },
        sheet: {
          state: 'draft',
          version,
          reopened: 0,
          marks,
          total: 0,
          missing: 2 - marks.length,
          locked_us: 0,
          paper: false,
        },
      },
    ],
  };
}

export const stored = (criterion: number, value: number, writer: number, seq: number): Mark => ({
  criterion_id: criterion,
  value,
  writer,
  seq,
  received_us: 1000 + seq,
});
