// The part of the tree of units that is open on the screen: children are fetched when their parent is opened.
import { api, call } from '$lib/api';
import { Fault } from '$lib/api/fault';
import type { Node } from './words';

export type Row = { node: Node; level: number; position: number; of: number };

export class OpenTree {
  at = $state('');
  total = $state(0);
  fault: Fault | null = $state(null);
  ready = $state(false);
  opened: Record<number, boolean> = $state({});
  #children: Record<number, Node[]> = $state.raw({});
  #asked = 0;

  /** Reads the top anew, and whatever is open below it. */
  async load(at: string): Promise<void> {
    const mine = ++this.#asked;
    this.at = at;
    try {
      const children: Record<number, Node[]> = {};
      const queue = [0];
      for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
        const found = await this.#read(parent);
        if (mine !== this.#asked) return;
        children[parent] = found.units;
        this.total = found.total;
        // One root is opened at once: what is below it is what people come for.
        if (
          parent === 0 &&
          found.units.length === 1 &&
          found.units[0] &&
          this.opened[found.units[0].id] === undefined
        ) {
          this.opened[found.units[0].id] = true;
        }
        queue.push(...found.units.filter((u) => this.opened[u.id] && u.children > 0).map((u) => u.id));
      }
      this.#children = children;
      this.fault = null;
      this.ready = true;
    } catch (error) {
      if (mine === this.#asked) this.fault = Fault.from(error);
    }
  }

  #read(parent: number) {
    return call(api.GET('/api/organizer/units', { params: { query: { parent, at: this.at || undefined } } }));
  }

  async toggle(node: Node): Promise<void> {
    if (this.opened[node.id]) {
      this.opened[node.id] = false;
      return;
    }
    if (!this.#children[node.id]) {
      const mine = this.#asked;
      try {
        const found = await this.#read(node.id);
        if (mine !== this.#asked) return;
        this.#children = { ...this.#children, [node.id]: found.units };
      } catch (error) {
        this.fault = Fault.from(error);
        return;
      }
    }
    this.opened[node.id] = true;
  }

  /** What is to be seen, line by line. */
  get rows(): Row[] {
    const rows: Row[] = [];
    const walk = (parent: number, level: number) => {
      const nodes = this.#children[parent] ?? [];
      nodes.forEach((node, index) => {
        rows.push({ node, level, position: index + 1, of: nodes.length });
        if (this.opened[node.id] && level < 20) walk(node.id, level + 1);
      });
    };
    walk(0, 1);
    return rows;
  }
}
