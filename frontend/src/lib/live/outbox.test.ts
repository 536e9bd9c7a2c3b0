import { describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import { Outbox, type OutboxOptions, type Store } from './outbox.svelte';

/** A line that the test opens, cuts and answers by hand. */
class Line {
  state = 'open';
  sent: { kind: string; data: unknown; settle: (result: unknown) => Promise<void> }[] = [];
  #welcome = new Set<() => void>();

  command = (kind: string, data: unknown) =>
    this.state !== 'open'
      ? Promise.reject(new Fault(0, 'offline', ''))
      : new Promise<never>((resolve, reject) => {
          this.sent.push({
            kind,
            data,
            settle: async (result) => {
              if (result instanceof Fault) reject(result);
              else resolve(result as never);
              await settled();
            },
          });
        });

  onwelcome = (then: () => void) => {
    this.#welcome.add(then);
    return () => this.#welcome.delete(then);
  };

  hold = () => () => undefined;

  async up() {
    this.state = 'open';
    for (const then of this.#welcome) then();
    await settled();
  }

  /** Cuts it: what was on its way is never answered. */
  async cut() {
    this.state = 'waiting';
    const before = this.sent;
    this.sent = [];
    for (const s of before) await s.settle(new Fault(0, 'no_answer', ''));
  }
}

const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function memory(): Store & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

function make(line: Line, store: Store | null, options: OutboxOptions = {}) {
  return new Outbox('entry/17/round/3', {
    store,
    connection: line as never,
    pause: () => Promise.resolve(),
    ...options,
  });
}

const put = (outbox: Outbox, key: string, data: unknown) => outbox.put(key, 'subscribe', data as never);

describe('the outbox', () => {
  it('keeps an answer on the device until the server has it', async () => {
    const line = new Line();
    const store = memory();
    const onstored = vi.fn();
    const outbox = make(line, store, { onstored });
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    expect(outbox.states['item/1']).toBe('saving');
    expect(store.map.size).toBe(1);
    await line.sent[0]!.settle({ stored_us: 9 });
    expect(outbox.states['item/1']).toBe('saved');
    expect(onstored).toHaveBeenCalledWith('item/1', { stored_us: 9 }, { option: 4 });
    expect(store.map.size).toBe(0);
    expect(outbox.pending).toBe(0);
  });

  it('sends again after a reload what was never confirmed', async () => {
    const store = memory();
    const first = new Line();
    first.state = 'offline';
    const before = make(first, store);
    before.open();
    put(before, 'item/1', { option: 4 });
    put(before, 'item/2', { option: 7 });
    expect(before.states['item/1']).toBe('waiting');

    const line = new Line();
    const after = make(line, store);
    expect(after.states['item/2']).toBe('waiting');
    expect(after.peek('item/2')).toEqual({ option: 7 });
    after.open();
    await settled();
    expect(line.sent.map((s) => s.data)).toEqual([{ option: 4 }, { option: 7 }]);
  });

  it('asks again when the line breaks between sending and answering', async () => {
    const line = new Line();
    const outbox = make(line, memory());
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    await line.cut();
    expect(outbox.states['item/1']).toBe('waiting');
    await line.up();
    expect(line.sent).toHaveLength(1);
    await line.sent[0]!.settle({});
    expect(outbox.states['item/1']).toBe('saved');
  });

  it('never takes the answer about an old choice for the newest one', async () => {
    const line = new Line();
    const onstored = vi.fn();
    const outbox = make(line, memory(), { onstored });
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    put(outbox, 'item/1', { option: 5 });
    await line.sent[0]!.settle({});
    expect(outbox.states['item/1']).toBe('saving');
    expect(onstored).not.toHaveBeenCalled();
    expect(line.sent.map((s) => s.data)).toEqual([{ option: 4 }, { option: 5 }]);
    await line.sent[1]!.settle({});
    expect(outbox.states['item/1']).toBe('saved');
  });

  it('tries again after a passing fault and gives up on a final one', async () => {
    const line = new Line();
    const onrefused = vi.fn();
    const store = memory();
    const outbox = make(line, store, { onrefused });
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    await line.sent[0]!.settle(new Fault(429, 'too_fast', ''));
    await line.sent[1]!.settle(new Fault(503, 'live_restarting', ''));
    expect(line.sent).toHaveLength(3);
    const closed = new Fault(409, 'closed', 'Đã hết giờ.');
    await line.sent[2]!.settle(closed);
    expect(outbox.states['item/1']).toBe('refused');
    expect(outbox.faults['item/1']).toBe(closed);
    expect(onrefused).toHaveBeenCalledWith('item/1', closed, { option: 4 });
    expect(store.map.size).toBe(0);
  });

  it('keeps what can be taken later, over a reload too, and sends it when told', async () => {
    const line = new Line();
    const store = memory();
    const outbox = make(line, store, { keeps: (_key, fault) => fault.code === 'round_paused' });
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    await line.sent[0]!.settle(new Fault(409, 'round_paused', ''));
    expect(outbox.states['item/1']).toBe('waiting');
    expect(make(new Line(), store).peek('item/1')).toEqual({ option: 4 });
    outbox.again();
    await settled();
    await line.sent[1]!.settle({});
    expect(outbox.states['item/1']).toBe('saved');
    expect(store.map.size).toBe(0);
  });

  it('works on without storage and says that a reload would lose what waits', async () => {
    const line = new Line();
    const full: Store = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota');
      },
      removeItem: () => undefined,
    };
    const outbox = make(line, full);
    outbox.open();
    put(outbox, 'item/1', { option: 4 });
    await settled();
    expect(outbox.durable).toBe(false);
    expect(line.sent).toHaveLength(1);
  });

  it('reads nothing of another entry or round', () => {
    const store = memory();
    const line = new Line();
    line.state = 'offline';
    const one = make(line, store);
    put(one, 'item/1', { option: 4 });
    const other = new Outbox('entry/18/round/3', { store, connection: line as never });
    expect(other.pending).toBe(0);
  });

  it('survives a storage that holds nonsense', () => {
    const store = memory();
    store.map.set('hoithi_outbox/entry/17/round/3', '{"not":"a list"');
    expect(make(new Line(), store).pending).toBe(0);
  });
});
