import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import type { Connection } from '$lib/live/connection.svelte';
import type { JudgeView } from '../types';
import { JudgeDesk } from './desk.svelte';
import { Line, memory, stored, view } from './line.fixture';

/** The same round before the turn has begun. */
function planned(marks: Parameters<typeof view>[1] = []): JudgeView {
  const v = view(1, marks);
  return {
    ...v,
    on_stage: 0,
    performances: v.performances.map((p) => ({ ...p, state: 'planned' as const })),
  };
}

describe('a desk whose line has just gone', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function claimed() {
    const line = new Line();
    const store = memory();
    const desk = new JudgeDesk(9, 4, {
      store,
      connection: line as unknown as Connection,
      readNotes: async () => [],
    });
    desk.open();
    line.show(view(0));
    (await line.take('claim_sheets')).ok({ writer: 1 });
    await vi.advanceTimersByTimeAsync(1);
    line.show(view(1));
    return { desk, line, turn: () => desk.view!.performances[0]! };
  }

  it('keeps a lock that nobody answers, and locks once the line is back', async () => {
    const { desk, line, turn } = await claimed();
    line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    const locking = desk.lock(turn());
    const sent = await line.take('lock_sheet');
    await vi.advanceTimersByTimeAsync(4000);
    await expect(locking).resolves.toBe('later');
    expect(desk.queue.has(40)).toBe(true);
    line.cut();
    sent.no(new Fault(0, 'no_answer', ''));
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.queue.has(40), 'a late "no answer" takes nothing back').toBe(true);
    line.up();
    const again = await line.take('lock_sheet');
    expect(again.data).toEqual(sent.data);
    again.ok({ locked_us: 6000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(desk.queue.has(40)).toBe(false);
    expect(desk.queue.failed).toEqual([]);
  });

  it('says that it is locked when the answer comes in time, and keeps nothing', async () => {
    const { desk, line, turn } = await claimed();
    line.show(view(1, [stored(1, 850, 1, 1), stored(2, 0, 1, 2)]));
    const locking = desk.lock(turn());
    (await line.take('lock_sheet')).ok({ locked_us: 6000 });
    await expect(locking).resolves.toBe('locked');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk.queue.count).toBe(0);
    expect(line.sent).toEqual([]);
  });

  it('keeps marks of a turn that nobody could tell had begun, and delivers them when it has', async () => {
    const { desk, line, turn } = await claimed();
    line.show(planned());
    line.cut();
    desk.mark(40, 1, 850);
    desk.mark(40, 2, 700);
    desk.lockLater(turn());
    expect(desk.saving(turn()).state).toBe('waiting');
    // The line is back before the secretary has begun the turn.
    line.up();
    for (const mark of [await line.take('mark'), await line.take('mark')])
      mark.no(new Fault(409, 'performance_not_begun', 'chưa bắt đầu'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(desk.saving(turn())).toMatchObject({ state: 'held', count: 2 });
    expect(desk.markOf(turn(), 1)).toBe(850);
    expect(desk.refusals).toEqual([]);
    expect(line.sent, 'nothing is asked again and again').toEqual([]);

    line.show(view(1));
    const sent = [await line.take('mark'), await line.take('mark')];
    expect(sent.map((s) => s.data.value).sort()).toEqual([700, 850]);
    for (const s of sent) s.ok({ received_us: 5000 });
    expect((await line.take('lock_sheet')).data.marks).toEqual([
      { criterion_id: 1, value: 850 },
      { criterion_id: 2, value: 700 },
    ]);
  });
});
