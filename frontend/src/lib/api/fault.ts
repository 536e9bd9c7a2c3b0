// What went wrong, in words for people. The server sends them (detail: what happened, what is safe, what to do, in the
// reader's language); only for what never reached the server are the words our own.
import { m } from '$lib/paraglide/messages.js';

export type FaultField = { path: string; detail: string };

type Problem = {
  status?: number;
  code?: string;
  detail?: string;
  fields?: FaultField[] | null;
  params?: Record<string, string>;
  retry_after_seconds?: number;
};

export class Fault extends Error {
  override name = 'Fault';

  constructor(
    /** As an HTTP status; 0: the request never reached the server. */
    readonly status: number,
    /** Stable, for programs: "round_closed". */
    readonly code: string,
    /** For people. */
    readonly detail: string,
    readonly fields: FaultField[] = [],
    readonly params: Record<string, string> = {},
    readonly retryAfterSeconds = 0,
  ) {
    super(`${code}: ${detail}`);
  }

  /** The words for one field of a form, by its JSON path: fault.at("name"). The server's "body." is optional. */
  at(path: string): string | undefined {
    return this.fields.find((f) => f.path === path || f.path === `body.${path}`)?.detail;
  }

  get offline(): boolean {
    return this.status === 0;
  }

  /** From a problem+json body or the fault of a live message. */
  static parse(body: unknown, status = 500, retryAfterSeconds = 0): Fault {
    const p = (body && typeof body === 'object' ? body : {}) as Problem;
    return new Fault(
      p.status ?? status,
      p.code ?? 'unknown',
      p.detail ?? m.fault_unreadable(),
      p.fields ?? [],
      p.params ?? {},
      p.retry_after_seconds ?? retryAfterSeconds,
    );
  }

  /** Any thrown thing as a fault; what is no fault is our own mistake and is logged, never shown raw. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error;
    console.error(error);
    return new Fault(500, 'page_failed', m.fault_page_failed());
  }

  static network(): Fault {
    return new Fault(0, 'offline', m.fault_offline());
  }
}
