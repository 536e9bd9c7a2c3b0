import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import type { Connection } from '$lib/live/connection.svelte';
import { JudgeDesk } from './desk.svelte';
import { Line, memory, stored, view } from './line.fixture';
import type { Store } from '$lib/live/outbox.svelte';
import type { Note } from './notes.svelte';

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
      reopened: 0,
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

  it('keeps with a lock that waits of which opening of the sheet it is', async () => {
    const store = memory();
    const { desk, line, turn } = await claimed(1, store);
    const marks = [stored(1, 850, 1, 1), stored(2, 0, 1, 2)];
    line.show(view(1, marks));
    line.cut();
    desk.lockLater(turn());
    // The lock had arrived after all; two people opened the sheet again before this device was back.
    const again = open(store);
    const reopened = view(1, marks);
    reopened.performances[0]!.sheet.reopened = 1;
    again.line.show(reopened);
    const lock = await again.line.take('lock_sheet');
    expect(lock.data.reopened).toBe(0);
    lock.no(new Fault(409, 'sheet_reopened', 'đã được mở lại'));
    await vi.advanceTimersByTimeAsync(1);
    expect(again.desk.queue.failed[0]?.fault.code).toBe('sheet_reopened');
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
