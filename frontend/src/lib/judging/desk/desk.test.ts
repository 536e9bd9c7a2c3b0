import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import type { Connection, Listener } from '$lib/live/connection.svelte';
import type { Store } from '$lib/live/outbox.svelte';
import type { JudgeView } from '../types';
import { JudgeDesk } from './desk.svelte';
import type { Note } from './notes.svelte';

type Sent = {
  kind: string;
  data: Record<string, unknown>;
  ok: (reply: unknown) => void;
  no: (fault: Fault) => void;
};

/** The server's end of the line, played by hand. */
class Line {
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

function memory(): Store {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

type Mark = JudgeView['performances'][number]['sheet']['marks'][number];

function view(writer: number, marks: Mark[] = [], version = marks.length): JudgeView {
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

const stored = (criterion: number, value: number, writer: number, seq: number): Mark => ({
  criterion_id: criterion,
  value,
  writer,
  seq,
  received_us: 1000 + seq,
});

describe("a judge's desk", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  let stood: Note[] = [];
  let slow: Promise<Note[]> | null = null;

  function open(store: Store = memory(), line = new Line()) {
    const desk = new JudgeDesk(9, 4, {
      store,
      connection: line as unknown as Connection,
      readNotes: () => slow ?? Promise.resolve(stood),
    });
    desk.open();
    return { desk, line, store, turn: () => desk.view!.performances[0]! };
  }

  async function claimed(number = 1, store = memory()) {
    const all = open(store);
    all.line.show(view(0));
    (await all.line.take('claim_sheets')).ok({ writer: number });
    await vi.advanceTimersByTimeAsync(1);
    all.line.show(view(number));
    return all;
  }

  it('takes the sheets by itself only when nobody has them', async () => {
    const { desk } = await claimed();
    expect(desk.mine).toBe(true);

    const second = open();
    second.line.show(view(1));
    await vi.advanceTimersByTimeAsync(300);
    expect(second.line.sent).toEqual([]);
    expect(second.desk.elsewhere).toBe(true);
  });

  it('shows a mark at once, and calls it saved only when the server has said so', async () => {
    const { desk, line, turn } = await claimed();
    desk.mark(40, 1, 800);
    desk.mark(40, 1, 850);
    expect(desk.markOf(turn(), 1)).toBe(850);
    expect(desk.totalOf(turn())).toEqual({ total: 850, missing: 1 });
    expect(desk.saving(turn()).state).toBe('saving');

    const sent = await line.take('mark');
    expect(sent.data).toEqual({ performance_id: 40, criterion_id: 1, writer: 1, seq: 1, value: 850 });
    expect(line.sent, 'a dragged slider is one mark').toEqual([]);
    expect(desk.saving(turn()).state).toBe('saving');
    sent.ok({ received_us: 5000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.saving(turn())).toEqual({ state: 'saved', count: 0, atUs: 5000 });
    expect(desk.markOf(turn(), 1), 'until the view shows it').toBe(850);
    line.show(view(1, [stored(1, 850, 1, 1)]));
    expect(desk.markOf(turn(), 1)).toBe(850);
    // From here on the server's word counts again.
    line.show(view(2, [stored(1, 700, 2, 1)]));
    expect(desk.markOf(turn(), 1)).toBe(700);
  });

  it('keeps marks through a lost line and a reload, and sends them unchanged', async () => {
    const { desk, line, store, turn } = await claimed();
    line.cut();
    desk.mark(40, 2, 900);
    await vi.advanceTimersByTimeAsync(300);
    expect(desk.saving(turn())).toMatchObject({ state: 'waiting', count: 1 });

    const again = open(store);
    again.line.show(view(1));
    expect(again.desk.mine).toBe(true);
    expect(again.desk.markOf(again.turn(), 2)).toBe(900);
    const sent = await again.line.take('mark');
    expect(sent.data).toMatchObject({ writer: 1, seq: 1, value: 900 });
    // No answer: the same again, not another one.
    again.line.cut();
    sent.no(new Fault(0, 'no_answer', ''));
    await vi.advanceTimersByTimeAsync(10_000);
    again.line.up();
    expect((await again.line.take('mark')).data).toEqual(sent.data);
    again.desk.mark(40, 1, 100);
    expect((await again.line.take('mark')).data).toMatchObject({ seq: 2 });
  });

  it('keeps what another device has overtaken, and lets the judge choose', async () => {
    const { desk, line, turn } = await claimed();
    desk.mark(40, 1, 850);
    (await line.take('mark')).no(new Fault(409, 'device_superseded', 'x'));
    line.show(view(2, [stored(1, 700, 2, 1)]));
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.elsewhere).toBe(true);
    expect(desk.markOf(turn(), 1)).toBe(700);
    expect(desk.leftovers).toEqual([{ performance: 40, criterion: 1, value: 850 }]);

    const taking = desk.claim();
    (await line.take('claim_sheets')).ok({ writer: 3 });
    await taking;
    line.show(view(3, [stored(1, 700, 2, 1)]));
    desk.resolve(desk.leftovers[0]!, true);
    expect((await line.take('mark')).data).toMatchObject({ writer: 3, seq: 1, value: 850 });
    expect(desk.leftovers).toEqual([]);
  });

  it('gives the mark back when the server cannot take it, and says why', async () => {
    const { desk, line, turn } = await claimed();
    desk.mark(40, 1, 850);
    (await line.take('mark')).no(new Fault(409, 'judging_closed', 'Đã khóa điểm'));
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.markOf(turn(), 1)).toBe(null);
    expect(desk.refusals[0]).toMatchObject({ criterion: 1, value: 850, fault: { detail: 'Đã khóa điểm' } });
  });

  it('takes a mark back', async () => {
    const { desk, line, turn } = await claimed(2);
    line.show(view(2, [stored(1, 850, 1, 7)]));
    desk.mark(40, 1, null);
    const sent = await line.take('mark');
    expect(sent.data).not.toHaveProperty('value');
    sent.ok({ received_us: 6000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.markOf(turn(), 1)).toBe(null);
    line.show(view(2, [], 2));
    expect(desk.markOf(turn(), 1)).toBe(null);
  });

  it('locks what is on the screen', async () => {
    const { desk, line, turn } = await claimed();
    line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    const locking = desk.lock(turn());
    const sent = await line.take('lock_sheet');
    expect(sent.data).toEqual({
      performance_id: 40,
      writer: 1,
      marks: [
        { criterion_id: 1, value: 850 },
        { criterion_id: 2, value: 0 },
      ],
    });
    sent.no(new Fault(409, 'sheet_differs', 'khác'));
    await expect(locking).rejects.toMatchObject({ code: 'sheet_differs' });
  });

  it('locks by itself once the line is back and every mark has arrived', async () => {
    const { desk, line, turn } = await claimed();
    line.cut();
    desk.mark(40, 1, 850);
    desk.mark(40, 2, 700);
    desk.lockLater(turn());
    // What waits to be locked is what will be locked.
    desk.mark(40, 1, 100);
    expect(desk.markOf(turn(), 1)).toBe(850);
    expect(desk.queue.has(40)).toBe(true);
    line.up();
    const first = await line.take('mark');
    const second = await line.take('mark');
    expect(line.sent.some((s) => s.kind === 'lock_sheet')).toBe(false);
    first.ok({ received_us: 5000 });
    second.ok({ received_us: 5001 });
    const lock = await line.take('lock_sheet');
    expect(lock.data.marks).toEqual([
      { criterion_id: 1, value: 850 },
      { criterion_id: 2, value: 700 },
    ]);
    lock.ok({ locked_us: 6000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.queue.has(40)).toBe(false);
  });

  it('keeps a lock that waits over a reload, gives up what is refused, and can be taken back', async () => {
    const store = memory();
    const one = await claimed(1, store);
    one.line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    one.line.cut();
    one.desk.lockLater(one.turn());
    const again = open(store);
    expect(again.desk.queue.has(40)).toBe(true);
    again.line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    (await again.line.take('lock_sheet')).no(new Fault(409, 'sheet_differs', 'khác'));
    await vi.advanceTimersByTimeAsync(1);
    expect(again.desk.queue.has(40)).toBe(false);
    expect(again.desk.queue.failed[0]).toMatchObject({ performance: 40, fault: { detail: 'khác' } });

    again.line.cut();
    again.desk.lockLater(again.turn());
    again.desk.queue.drop(40);
    again.line.up();
    await vi.advanceTimersByTimeAsync(500);
    expect(again.line.sent.some((s) => s.kind === 'lock_sheet')).toBe(false);
  });

  it('does not lock by itself after another device has taken over', async () => {
    const { desk, line, turn } = await claimed();
    line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    line.cut();
    desk.lockLater(turn());
    line.up();
    line.sent = [];
    line.show(view(2, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.queue.count + line.sent.filter((s) => s.kind === 'lock_sheet').length).toBe(0);
    expect(desk.queue.failed[0]?.fault.code).toBe('device_superseded');
  });

  it('saves a note as it was typed last, and loses none to another device', async () => {
    const { desk, line } = await claimed();
    desk.notes.write(40, 'Mở');
    desk.notes.write(40, 'Mở đầu hay');
    expect(desk.notes.stateOf(40)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(800);
    const sent = await line.take('note');
    expect(sent.data).toMatchObject({ performance_id: 40, writer: 1, text: 'Mở đầu hay' });
    sent.ok({ saved_us: 1 });
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.notes.stateOf(40)).toBe('saved');

    desk.notes.write(40, 'Kết chậm');
    await vi.advanceTimersByTimeAsync(800);
    (await line.take('note')).no(new Fault(409, 'device_superseded', 'x'));
    await vi.advanceTimersByTimeAsync(1);
    stood = [{ performance_id: 40, text: 'Từ máy kia' }];
    await desk.notes.load(1, 4);
    expect(desk.notes.textOf(40)).toBe('Từ máy kia\nKết chậm');
  });

  it('keeps a note that was stored while older ones were being read', async () => {
    const { desk, line } = await claimed();
    let answer: (notes: Note[]) => void = () => {};
    slow = new Promise((resolve) => (answer = resolve));
    desk.notes.write(40, 'Mở đầu hay');
    await vi.advanceTimersByTimeAsync(800);
    const sent = await line.take('note');
    const reading = desk.notes.load(1, 4); // asked before the note is stored, answered afterwards
    sent.ok({ saved_us: 1 });
    await vi.advanceTimersByTimeAsync(1);
    answer([]);
    await reading;
    slow = null;
    expect(desk.notes.textOf(40)).toBe('Mở đầu hay');
    expect(desk.notes.stateOf(40)).toBe('saved');
  });
});
