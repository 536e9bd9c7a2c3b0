// The promises of an attempt: "saved" only after the server's word, nothing lost over reloads, breaks and devices.
import { describe, expect, it } from 'vitest';
import { Fault } from '$lib/api/fault';
import type { Store } from '$lib/live/outbox.svelte';
import { Sitting } from './sitting.svelte';
import type { PaperView, Saved } from './views';

type Sent = {
  kind: string;
  data: Record<string, unknown>;
  settle: (result: unknown) => Promise<void>;
};

/** A line that the test opens, cuts and answers by hand. */
class Line {
  state = 'open';
  sent: Sent[] = [];
  #welcome = new Set<() => void>();

  command = (kind: string, data: Record<string, unknown>) =>
    this.state !== 'open'
      ? Promise.reject(new Fault(0, 'offline', ''))
      : new Promise<never>((resolve, reject) => {
          const settle = async (result: unknown) => {
            if (result instanceof Fault) reject(result);
            else resolve(result as never);
            await settled();
          };
          this.sent.push({ kind, data, settle });
        });
  onwelcome = (then: () => void) => {
    this.#welcome.add(then);
    return () => this.#welcome.delete(then);
  };
  hold = () => () => undefined;

  get last() {
    return this.sent[this.sent.length - 1]!;
  }
  of(kind: string) {
    return this.sent.filter((s) => s.kind === kind);
  }
  async up() {
    this.state = 'open';
    for (const then of [...this.#welcome]) then();
    await settled();
  }
  async cut() {
    this.state = 'waiting';
    for (const s of this.sent) await s.settle(new Fault(0, 'no_answer', ''));
    this.sent = [];
  }
}

const settled = async () => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};

function memory(): Store {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const saved = (place: number, seq: number, more: Partial<Saved> = {}): Saved =>
  ({ place, seq, writer: 1, received_us: 100, ...more }) as Saved;

function paperOf(more: Partial<PaperView> = {}): PaperView {
  const items = [1, 2, 3].map((place) => ({ place, points: 100, question: { type: 'single' } }));
  return {
    attempt_id: 7,
    number: 1,
    period_id: 1,
    started_us: 1,
    deadline_us: 99,
    writer: 1,
    items,
    guess: 'entrants',
    saved: [],
    ...more,
  } as unknown as PaperView;
}

const open = (writer = 1, mine = true) => ({ attempt_id: 7, period_id: 1, deadline_us: 99, writer, mine });
const ended = { attempt: { id: 7, number: 1, finish: 'submitted', answered: 1 } };
const stored = (s: Sent) => ({ place: s.data.place, seq: s.data.seq, received_us: 500 });

function sit(line: Line, store: Store = memory(), paper = paperOf()) {
  const pause = () => Promise.resolve();
  const sitting = new Sitting(9, paper, 't', { connection: line as never, store, pause });
  sitting.open();
  sitting.follow(open(paper.writer));
  return sitting;
}

describe('a sitting', () => {
  it('says saved only after the server’s word, and counts each place by itself', async () => {
    const line = new Line();
    const sitting = sit(line);
    sitting.answer(1, { options: ['b'] });
    sitting.answer(2, { options: ['a'] });
    await settled();
    expect(sitting.shown(1)).toMatchObject({ options: ['b'], state: 'saving' });
    expect(sitting.unsent).toEqual([1, 2]);
    await line.sent[0]!.settle(stored(line.sent[0]!));
    expect(sitting.shown(1)).toMatchObject({ options: ['b'], state: 'saved', receivedUs: 500 });
    expect(sitting.safe).toEqual([1]);
    sitting.answer(1, { options: ['c'] });
    await settled();
    expect(line.sent.map((s) => [s.data.place, s.data.writer, s.data.seq])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
      [1, 1, 2],
    ]);
  });

  it('keeps what a dead network held over a reload, and sends it in the order given', async () => {
    const store = memory();
    const gone = new Line();
    gone.state = 'offline';
    const before = sit(gone, store);
    before.answer(2, { text: '7,5' });
    before.answer(1, { options: ['a'] });
    await settled();
    expect(before.shown(2).state).toBe('waiting');

    const line = new Line();
    line.state = 'offline';
    const after = sit(line, store, paperOf({ saved: [saved(2, 1, { text: '3' })] }));
    expect(after.shown(2)).toMatchObject({ text: '7,5', state: 'waiting' });
    expect(after.unsent).toEqual([1, 2]);
    await line.up();
    expect(line.sent.map((s) => s.data.place)).toEqual([2, 1]);
    for (const s of [...line.sent]) await s.settle(stored(s));
    expect(after.unsent).toEqual([]);
    expect(sit(new Line(), store).unsent).toEqual([]);
  });

  it('counts on from what the server has after the browser has lost everything', async () => {
    const line = new Line();
    const sitting = sit(line, memory(), paperOf({ saved: [saved(1, 41, { options: ['a'] })] }));
    expect(sitting.shown(1)).toMatchObject({ options: ['a'], state: 'saved' });
    sitting.answer(1, { options: ['b'] });
    await settled();
    expect(line.last.data.seq).toBe(42);
  });

  it('leaves a used number behind instead of losing the answer', async () => {
    const line = new Line();
    const sitting = sit(line);
    sitting.answer(1, { options: ['b'] });
    await settled();
    await line.last.settle(new Fault(409, 'answer_conflict', ''));
    expect(line.last.data).toMatchObject({ options: ['b'], place: 1 });
    expect(Number(line.last.data.seq)).toBeGreaterThan(1000);
    await line.last.settle(stored(line.last));
    expect(sitting.shown(1)).toMatchObject({ options: ['b'], state: 'saved' });
  });

  it('holds back what came in a pause and sends it when the round goes on', async () => {
    const line = new Line();
    const sitting = sit(line);
    sitting.still(true);
    sitting.answer(1, { options: ['b'] });
    await settled();
    await line.last.settle(new Fault(409, 'round_paused', ''));
    expect(sitting.shown(1)).toMatchObject({ options: ['b'], state: 'waiting' });
    sitting.still(false);
    await settled();
    await line.last.settle(stored(line.last));
    expect(sitting.shown(1).state).toBe('saved');
  });

  it('gives way to another device, and takes back only what the other has not answered since', async () => {
    const line = new Line();
    const sitting = sit(line);
    sitting.answer(1, { options: ['b'] });
    sitting.answer(2, { options: ['c'] });
    await settled();
    for (const s of [...line.sent]) await s.settle(new Fault(409, 'superseded', ''));
    expect(sitting.hold).toBe('lost');
    expect(sitting.shown(1)).toMatchObject({ options: ['b'], state: 'waiting' });
    // The other device has answered the first item meanwhile; then this one gets its right back.
    sitting.adopt(paperOf({ writer: 3, saved: [saved(1, 1, { writer: 2, options: ['d'] })] }));
    const before = line.sent.length;
    sitting.follow(open(3));
    await settled();
    expect(sitting.hold).toBe('held');
    expect(sitting.shown(1)).toMatchObject({ options: ['d'], state: 'saved' });
    expect(line.sent.slice(before).map((s) => s.data)).toMatchObject([
      { place: 2, writer: 3, options: ['c'] },
    ]);
  });

  it('gives way as soon as the server says that another device answers', () => {
    const sitting = sit(new Line());
    sitting.follow(open(2, false));
    expect(sitting.hold).toBe('lost');
    sitting.answer(1, { options: ['a'] });
    expect(sitting.state(1)).toBe('none');
  });

  it('tells an answer that came too late from those that are safe', async () => {
    const line = new Line();
    const sitting = sit(line, memory(), paperOf({ saved: [saved(1, 1, { options: ['a'] })] }));
    sitting.answer(1, { options: ['b'] });
    sitting.answer(2, { options: ['b'] });
    await settled();
    for (const s of [...line.sent]) await s.settle(new Fault(409, 'answer_closed', 'Đã hết giờ'));
    expect(sitting.shown(2)).toMatchObject({ options: ['b'], state: 'refused' });
    expect(sitting.shown(2).fault?.detail).toBe('Đã hết giờ');
    expect(sitting.unsent).toEqual([1, 2]);
    expect(sitting.safe).toEqual([1]);
  });

  it('submits after the last answer is there, and waits for the network to do so', async () => {
    const store = memory();
    const line = new Line();
    const sitting = sit(line, store);
    sitting.answer(1, { options: ['b'] });
    await settled();
    await line.cut();
    await sitting.submit();
    expect(sitting.wish).toBe(true);
    // A reload does not forget the wish either.
    const again = sit(line, store);
    expect(again.wish).toBe(true);
    await line.up();
    expect(line.of('submit_attempt')).toEqual([]);
    for (const s of line.of('respond')) await s.settle(stored(s));
    expect(line.of('submit_attempt').length).toBeGreaterThan(0);
    for (const s of line.of('submit_attempt')) await s.settle(ended);
    expect(again.ended).toMatchObject({ id: 7, finish: 'submitted' });
    expect(sit(new Line(), store).wish).toBe(false);
  });

  it('asks again about a submit without an answer, and may be taken back before', async () => {
    const line = new Line();
    const sitting = sit(line);
    line.state = 'offline';
    await sitting.submit();
    sitting.withdraw();
    await line.up();
    expect(line.of('submit_attempt')).toEqual([]);
    const done = sitting.submit();
    await settled();
    await line.cut();
    await line.up();
    await line.last.settle(ended);
    await done;
    expect(sitting.ended?.id).toBe(7);
  });

  it('says why a submit was refused and goes on', async () => {
    const line = new Line();
    const sitting = sit(line);
    const done = sitting.submit();
    await settled();
    await line.last.settle(new Fault(409, 'answer_closed', 'Lượt thi đã kết thúc'));
    await done;
    expect(sitting.wish).toBe(false);
    expect(sitting.fault?.detail).toBe('Lượt thi đã kết thúc');
  });

  it('keeps flags for later as safely as answers, and the guess as the last place', async () => {
    const line = new Line();
    const sitting = sit(line);
    sitting.flag(3);
    sitting.flag(1);
    await settled();
    expect(sitting.flags).toEqual([1, 3]);
    expect(line.sent[0]!.data).toMatchObject({ place: -1, text: '3' });
    sitting.flag(3);
    expect(sitting.flags).toEqual([1]);
    expect(sitting.places).toEqual([1, 2, 3, 0]);
    expect(sitting.unsent).toEqual([]);
  });
});
