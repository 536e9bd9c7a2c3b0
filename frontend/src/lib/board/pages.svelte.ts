// The rows of a long board beyond those that everybody is sent (the best hundred of each division): read page by page
// when somebody scrolls to them or looks for a team, and forgotten when the board changes.
import { api, call } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { BoardRow, BoardView } from './board';

const pageSize = 200;

export class BoardPages {
  rows: BoardRow[] = $state.raw([]);
  busy = $state(false);
  fault: Fault | null = $state.raw(null);
  #slug: string;
  #next = 0;
  #count = 0;

  constructor(slug: string) {
    this.#slug = slug;
  }

  /** The sent rows and those that were read, each once, in the board's order. */
  merged(view: BoardView): BoardRow[] {
    if (view.rows.length >= view.count || this.rows.length === 0) return view.rows;
    const sent = new Set(view.rows.map((r) => r.entry_id));
    const rest = this.rows.filter((r) => !sent.has(r.entry_id));
    return view.divisions.length === 0
      ? [...view.rows, ...rest]
      : view.divisions.flatMap((d) => [
          ...view.rows.filter((r) => r.division_id === d.id),
          ...rest.filter((r) => r.division_id === d.id),
        ]);
  }

  get done(): boolean {
    return this.#next > 0 && this.#next >= this.#count;
  }

  /** Reads the next page; true when there may be more. */
  async more(): Promise<boolean> {
    if (this.busy || this.done) return !this.done;
    this.busy = true;
    this.fault = null;
    try {
      const page = await call(
        api.GET('/api/audience/contests/{slug}/board', {
          params: { path: { slug: this.#slug }, query: { offset: this.#next, limit: pageSize } },
        }),
      );
      const known = new Set(page.rows.map((r) => r.entry_id));
      this.rows = [...this.rows.filter((r) => !known.has(r.entry_id)), ...page.rows];
      this.#next += pageSize;
      this.#count = page.count;
      return !this.done;
    } catch (error) {
      this.fault = Fault.from(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Reads as many rows as are asked for, or all. */
  async upTo(count: number): Promise<void> {
    while (this.#next < count && (await this.more()));
  }

  /** The board has changed: what was read before may stand elsewhere now. Reads as far again as was read. */
  async again(): Promise<void> {
    if (this.#next === 0 || this.busy) return;
    const to = this.#next;
    this.#next = 0;
    while (this.#next < to && (await this.more()));
  }
}
