// A live topic as reactive state: the newest whole view of each kind. What was last known stays visible while the line
// is lost (`fresh` is false then), and is replaced by the snapshot of the next subscription.
import type { Fault } from '$lib/api/fault';
import { live, type Connection } from './connection.svelte';
import { Newest } from './order';
import type { Envelope, MessageData, MessageKind } from './protocol';

type Views<K extends MessageKind> = { [kind in K]?: MessageData<kind> };

export class LiveTopic<K extends MessageKind = MessageKind> {
  /** topic.views.stage_view: the newest data of that kind, undefined until it has come. */
  views: Views<K> = $state.raw({});
  /** The views are those of the server now; false before the first snapshot and while the line is lost. */
  fresh = $state(false);
  /** Why the server refused the subscription. */
  fault: Fault | null = $state.raw(null);

  readonly name: string;
  #connection: Connection;
  #newest = new Newest();
  #handlers = new Map<string, Set<(data: unknown) => void>>();

  constructor(name: string, connection: Connection = live) {
    this.name = name;
    this.#connection = connection;
  }

  /** Subscribes; call the result to leave. In a component: `$effect(() => topic.open())`. */
  open(): () => void {
    return this.#connection.listen({
      topic: this.name,
      message: (message) => this.#message(message),
      subscribed: (fault) => {
        this.fault = fault;
        this.fresh = fault === null;
      },
      lost: () => {
        this.fresh = false;
        this.#newest.forget();
      },
    });
  }

  /** For kinds that are happenings rather than views (each one arrives): called with each one's data. */
  on<Kind extends K>(kind: Kind, then: (data: MessageData<Kind>) => void): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers);
    handlers.add(then as (data: unknown) => void);
    return () => handlers.delete(then as (data: unknown) => void);
  }

  #message(message: Envelope): void {
    const position = { epoch: message.epoch ?? 0, seq: message.seq ?? 0 };
    if (!this.#newest.accept(message.kind, position)) return;
    this.views = { ...this.views, [message.kind]: message.data };
    this.#handlers.get(message.kind)?.forEach((then) => then(message.data));
  }
}
