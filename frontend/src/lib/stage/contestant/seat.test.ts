// The promises of an answer: "saved" only after the server's word, and nothing lost when devices or numbers change.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';

type Asked = {
  kind: string;
  data: Record<string, unknown>;
  done: (reply: unknown) => void;
  fail: (fault: Fault) => void;
};

const line = vi.hoisted(() => ({
  state: 'open',
  asked: [] as unknown[],
  listeners: [] as { message: (m: unknown) => void; subscribed: (f: null) => void }[],
}));

vi.mock('$lib/live/connection.svelte', () => ({
  live: {
    get state() {
      return line.state;
    },
    hold: () => () => undefined,
    onwelcome: () => () => undefined,
    listen: (listener: (typeof line.listeners)[number]) => {
      line.listeners.push(listener);
      return () => undefined;
    },
    command: (kind: string, data: Record<string, unknown>) =>
      new Promise((done, fail) => line.asked.push({ kind, data, done, fail })),
  },
}));

const { Seat } = await import('./seat.svelte');

const kept = new Map<string, string>();
const store = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
const last = () => line.asked[line.asked.length - 1] as Asked;
const answers = () => (line.asked as Asked[]).filter((a) => a.kind === 'answer');

let seq = 0;
function tell(kind: string, data: unknown) {
  seq++;
  for (const listener of line.listeners) listener.message({ kind, topic: 't', epoch: 1, seq, data });
}

const own = (more = {}) => ({ entry_id: 9, writer: 1, answers: [], points: 0, correct: 0, ...more });
const openPlay = (play: number) => ({ phase: 'running', play: { play, status: 'open' } });

async function seated(writer: number) {
  const seat = new Seat(3, 9);
  seat.open();
  const claim = seat.claim();
  last().done({ writer });
  await claim;
  return seat;
}

beforeEach(() => {
  line.state = 'open';
  line.asked.length = 0;
  line.listeners.length = 0;
  kept.clear();
  vi.stubGlobal('localStorage', store);
});

describe('a seat', () => {
  it('says saved only after the server has said so, with the server’s time', async () => {
    const seat = await seated(1);
    seat.answer(4, { options: ['b'] });
    await settle();
    expect(seat.shown(4)).toMatchObject({ options: ['b'], state: 'saving', receivedUs: 0 });
    last().done({ play: 4, seq: 1, received_us: 1234 });
    await settle();
    expect(seat.shown(4)).toMatchObject({ options: ['b'], state: 'saved', receivedUs: 1234 });
  });

  it('shows what the server has, after an answer that came too late', async () => {
    const seat = await seated(1);
    tell('stage_own', own({ answers: [{ play: 4, options: ['a'], received_us: 77 }] }));
    seat.answer(4, { options: ['b'] });
    await settle();
    last().fail(new Fault(409, 'answer_closed', 'Đã hết giờ'));
    await settle();
    const shown = seat.shown(4);
    expect(shown).toMatchObject({ options: ['a'], state: 'refused', receivedUs: 77 });
    expect(shown.fault?.detail).toBe('Đã hết giờ');
  });

  it('counts on after a reload, so that no number is used twice', async () => {
    const before = await seated(1);
    before.answer(4, { options: ['a'] });
    await settle();
    last().done({ play: 4, seq: 1, received_us: 5 });
    await settle();
    const after = await seated(1);
    after.answer(4, { options: ['b'] });
    await settle();
    const [first, second] = answers();
    expect(second!.data.writer).toBe(1);
    expect(Number(second!.data.seq)).toBeGreaterThan(Number(first!.data.seq));
  });

  it('keeps an unsent answer over a reload and shows it as not sent', async () => {
    const before = await seated(1);
    line.state = 'offline';
    before.answer(4, { text: '7,5' });
    await settle();
    expect(before.shown(4).state).toBe('waiting');
    const after = new Seat(3, 9);
    expect(after.shown(4)).toMatchObject({ text: '7,5', state: 'waiting' });
  });

  it('sends the answer again under the new number once the device has its right back', async () => {
    const seat = await seated(1);
    tell('stage_contestant', openPlay(4));
    seat.answer(4, { options: ['c'] });
    await settle();
    last().fail(new Fault(409, 'superseded', 'Máy khác'));
    await settle();
    expect(seat.hold).toBe('lost');
    const claim = seat.claim();
    expect(last().data).toEqual({});
    last().done({ writer: 3 });
    await claim;
    await settle();
    expect(last().data).toMatchObject({ play: 4, writer: 3, options: ['c'] });
  });

  it('gives way as soon as another device answers, and says which is which', async () => {
    const seat = await seated(1);
    tell('stage_own', own({ writer: 2 }));
    expect(seat.hold).toBe('lost');
    const other = new Seat(3, 9);
    other.open();
    const claim = other.claim();
    last().fail(new Fault(409, 'other_device', 'Máy khác'));
    await claim;
    expect(other.hold).toBe('other');
  });
});
