import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '$lib/api/fault';
import { ServerClock } from './clock';
import { Connection, type SocketLike } from './connection.svelte';
import { LiveTopic } from './topic.svelte';

class Socket {
  readyState = 1;
  onopen = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror = null;
  closed = false;
  sent: { kind: string; id: number; topic?: string; data?: Record<string, number> }[] = [];

  send = (text: string) => void this.sent.push(JSON.parse(text));
  close = () => void (this.closed = true);

  get(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  end(code: number) {
    this.onclose?.({ code });
  }

  of(kind: string) {
    return this.sent.filter((m) => m.kind === kind);
  }

  welcome() {
    this.get({
      kind: 'welcome',
      sent_at: 1,
      data: { node: 'a', connection: 1, epoch: 1, jitter_ms: 2000, read_limit: 16384 },
    });
  }
}

let sockets: Socket[];
let connection: Connection;
let clock: ServerClock;

const last = () => sockets[sockets.length - 1]!;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  clock = new ServerClock({ mono: () => Date.now() * 1000, wall: () => Date.now() * 1000 });
  connection = new Connection(() => {
    const socket = new Socket();
    sockets.push(socket);
    return socket as unknown as SocketLike;
  }, clock);
});

afterEach(() => vi.useRealTimers());

/** A topic of kinds that only this test knows. */
const topicOf = (name: string) =>
  new LiveTopic(name, connection) as unknown as {
    views: Record<string, unknown>;
    fresh: boolean;
    fault: Fault | null;
    open(): () => void;
    on(kind: string, then: (data: unknown) => void): () => void;
  };

describe('the connection', () => {
  it('opens for the first who needs it and closes when nobody does', async () => {
    expect(sockets).toHaveLength(0);
    const release = connection.hold();
    const again = connection.hold();
    expect(sockets).toHaveLength(1);
    last().welcome();
    expect(connection.state).toBe('open');
    release();
    release();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state).not.toBe('idle');
    again();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state).toBe('idle');
    expect(last().closed).toBe(true);
  });

  it('answers each command with its own ok or fault', async () => {
    connection.hold();
    last().welcome();
    const first = connection.command('cue' as never, { n: 1 } as never);
    const second = connection.command('cue' as never, { n: 2 } as never);
    const refused = expect(second).rejects.toMatchObject({ code: 'closed', detail: 'Đã khóa.' });
    const [a, b] = last().of('cue');
    last().get({ kind: 'fault', id: b!.id, fault: { status: 409, code: 'closed', detail: 'Đã khóa.' } });
    last().get({ kind: 'ok', id: a!.id, data: { done: true } });
    await expect(first).resolves.toEqual({ done: true });
    await refused;
  });

  it('says at once that nothing left the device when there is no line', async () => {
    await expect(connection.command('cue' as never, {} as never)).rejects.toMatchObject({ code: 'offline' });
  });

  it('says that it is not known when the line breaks before the answer', async () => {
    connection.hold();
    last().welcome();
    const asked = expect(connection.command('cue' as never, {} as never)).rejects.toMatchObject({
      code: 'no_answer',
    });
    last().end(1006);
    await asked;
    expect(connection.state).toBe('waiting');
  });

  it('comes back within the server window and subscribes again', async () => {
    const topic = topicOf('audience/round/7');
    topic.open();
    last().welcome();
    const id = last().of('subscribe')[0]!.id;
    last().get({ kind: 'board', topic: 'audience/round/7', epoch: 3, seq: 10, data: { rows: 8 } });
    last().get({ kind: 'ok', id });
    await settle();
    expect(topic.fresh).toBe(true);
    last().end(1012);
    expect(topic.fresh).toBe(false);
    expect(topic.views.board).toEqual({ rows: 8 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(sockets).toHaveLength(2);
    last().welcome();
    // Another node may count otherwise: its snapshot is the truth.
    last().get({ kind: 'board', topic: 'audience/round/7', epoch: 2, seq: 1, data: { rows: 9 } });
    expect(topic.views.board).toEqual({ rows: 9 });
    last().get({ kind: 'ok', id: last().of('subscribe')[0]!.id });
    await settle();
    expect(topic.fresh).toBe(true);
  });

  it('ignores what is not newer and what is of another topic', () => {
    const topic = topicOf('audience/round/7');
    topic.open();
    last().welcome();
    const board = (seq: number, rows: number, name = 'audience/round/7') =>
      last().get({ kind: 'board', topic: name, epoch: 3, seq, data: { rows } });
    board(10, 1);
    board(9, 2);
    board(10, 3);
    board(11, 4, 'audience/round/8');
    expect(topic.views.board).toEqual({ rows: 1 });
    board(11, 5);
    expect(topic.views.board).toEqual({ rows: 5 });
  });

  it('tells a topic why it was refused, and does not subscribe twice for two listeners', async () => {
    const one = topicOf('judge/round/7');
    const two = topicOf('judge/round/7');
    one.open();
    const leave = two.open();
    last().welcome();
    expect(last().of('subscribe')).toHaveLength(1);
    last().get({
      kind: 'fault',
      id: last().of('subscribe')[0]!.id,
      fault: { status: 403, code: 'not_permitted', detail: 'Không có quyền.' },
    });
    await settle();
    expect(one.fault?.code).toBe('not_permitted');
    expect(two.fault?.code).toBe('not_permitted');
    leave();
    expect(last().of('unsubscribe')).toHaveLength(0);
  });

  it('notices a line that has gone silent', async () => {
    connection.hold();
    last().welcome();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(sockets[0]!.closed).toBe(true);
  });

  it('stays on a line that answers', async () => {
    connection.hold();
    last().welcome();
    const answer = vi.spyOn(sockets[0]!, 'send').mockImplementation((text: string) => {
      const message = JSON.parse(text);
      if (message.kind === 'clock') {
        const us = Date.now() * 1000 + 3_000_000;
        last().get({
          kind: 'clock',
          id: message.id,
          data: { t0: message.data.t0, received_us: us, sent_us: us },
        });
      }
    });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(answer).toHaveBeenCalled();
    expect(sockets).toHaveLength(1);
    expect(clock.nowUs()).toBe(Date.now() * 1000 + 3_000_000);
  });

  it('does not come back when another device has taken over, until the person asks', async () => {
    connection.hold();
    last().welcome();
    last().end(4002);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(connection.state).toBe('superseded');
    expect(sockets).toHaveLength(1);
    connection.restart();
    expect(sockets).toHaveLength(2);
  });

  it('shows offline after failing thrice, and goes on trying', async () => {
    connection.hold();
    for (let i = 0; i < 3; i++) {
      last().end(1006);
      await vi.advanceTimersByTimeAsync(6_000);
    }
    expect(connection.state).toBe('offline');
    last().welcome();
    expect(connection.state).toBe('open');
  });
});
