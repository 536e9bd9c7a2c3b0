// A list that is searched, filtered and paged on the server. The newest question wins: an answer that comes late is
// dropped, what was shown stays until the new one is there.
import { Fault } from '$lib/api/fault';

export type Found<Row> = { rows: Row[]; total: number; size: number };

export class Pages<Row> {
  words = $state('');
  page = $state(1);
  found: Found<Row> | null = $state.raw(null);
  fault: Fault | null = $state(null);
  busy = $state(false);
  #asked = 0;

  constructor(private readonly ask: (words: string, page: number) => Promise<Found<Row>>) {}

  async load(): Promise<void> {
    const mine = ++this.#asked;
    this.busy = true;
    try {
      const found = await this.ask(this.words.trim(), this.page);
      if (mine !== this.#asked) return;
      this.found = found;
      this.fault = null;
      // The last row of a last page may have gone: show the page before it.
      if (found.rows.length === 0 && found.total > 0 && this.page > 1) this.page = 1;
    } catch (error) {
      if (mine === this.#asked) this.fault = Fault.from(error);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  /** Asks again a moment after the last letter. To be used in an effect: gives its clean-up. */
  soon(delay: number): () => void {
    const timer = setTimeout(() => void this.load(), delay);
    return () => clearTimeout(timer);
  }
}
