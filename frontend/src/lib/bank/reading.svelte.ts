// What the organizer decides about a read file before anything is saved: which questions come in, and how they were
// mended. Nothing here leaves the page until the import is confirmed.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { components } from '$lib/api';
import { cleaned, copy, type Content, type Preview, type PreviewItem, type Problem } from './content';

export type Likeness = components['schemas']['BankLikeness'];
/** What becomes of a question that the bank has, or nearly: left out, a question more, or a new version of that one. */
export type Fate = 'skip' | 'new' | number;
export type Group = 'all' | 'broken' | 'doubtful' | 'known' | 'ready';

export class Decisions {
  readonly chosen = new SvelteSet<number>();
  readonly #mended = new SvelteMap<number, Content>();
  readonly #renews = new SvelteMap<number, Likeness>();

  constructor(readonly preview: Preview) {
    for (const item of preview.items) if (item.chosen) this.chosen.add(item.row);
  }

  content(item: PreviewItem): Content {
    return this.#mended.get(item.row) ?? item.content;
  }

  isMended(item: PreviewItem): boolean {
    return this.#mended.has(item.row);
  }

  /** The problems that are left. The form that mended an item has shown them all; picking the key answers its own. */
  problems(item: PreviewItem): Problem[] {
    const content = this.#mended.get(item.row);
    if (!content) return item.problems;
    if (this.#whole.has(item.row)) return item.problems.filter((p) => p.severity === 'warning');
    return item.problems.filter((p) => p.path !== 'key.options' || content.key.options.length === 0);
  }

  readonly #whole = new SvelteSet<number>();

  isBroken(item: PreviewItem): boolean {
    return this.problems(item).some((p) => p.severity === 'error');
  }

  isKnown(item: PreviewItem): boolean {
    return ['exists', 'edited', 'retired', 'repeated'].includes(item.standing);
  }

  isDoubtful(item: PreviewItem): boolean {
    return item.standing === 'near' || this.problems(item).some((p) => p.severity === 'warning');
  }

  in(item: PreviewItem, group: Group): boolean {
    switch (group) {
      case 'all':
        return true;
      case 'broken':
        return this.isBroken(item);
      case 'known':
        return this.isKnown(item);
      case 'doubtful':
        return !this.isBroken(item) && !this.isKnown(item) && this.isDoubtful(item);
      case 'ready':
        return !this.isBroken(item) && !this.isKnown(item) && !this.isDoubtful(item);
    }
  }

  count(group: Group): number {
    return this.preview.items.filter((item) => this.in(item, group)).length;
  }

  /** Makes one option right (or, in a question with several, adds or takes it). */
  pick(item: PreviewItem, id: string): void {
    const content = copy(this.content(item));
    if (content.type === 'multiple') {
      const has = content.key.options.includes(id);
      content.key.options = has
        ? content.key.options.filter((o) => o !== id)
        : [...content.key.options, id].sort();
    } else {
      content.key.options = [id];
    }
    this.#keep(item, content);
  }

  /** Takes a content from the form. */
  mend(item: PreviewItem, content: Content): void {
    this.#whole.add(item.row);
    this.#keep(item, cleaned(content));
  }

  #keep(item: PreviewItem, content: Content): void {
    const wasBroken = this.isBroken(item);
    this.#mended.set(item.row, content);
    if (wasBroken && !this.isBroken(item) && !this.isKnown(item)) this.chosen.add(item.row);
    if (this.isBroken(item)) this.chosen.delete(item.row);
  }

  toggle(item: PreviewItem, on: boolean): void {
    if (on) this.chosen.add(item.row);
    else this.chosen.delete(item.row);
  }

  /** The questions of the bank that an item could give a new version to. */
  renewable(item: PreviewItem): Likeness[] {
    if (item.standing === 'exists') return item.differs && item.of ? [item.of] : [];
    return item.near.filter((near) => near.item_id > 0);
  }

  fate(item: PreviewItem): Fate {
    if (!this.chosen.has(item.row)) return 'skip';
    return this.#renews.get(item.row)?.item_id ?? 'new';
  }

  decide(item: PreviewItem, fate: Fate): void {
    this.#renews.delete(item.row);
    if (fate === 'skip') {
      this.chosen.delete(item.row);
      return;
    }
    const of = this.renewable(item).find((likeness) => likeness.item_id === fate);
    if (of) this.#renews.set(item.row, of);
    this.chosen.add(item.row);
  }

  /** Questions that the bank has with other words beside them, and that nobody has decided about. */
  get outdated(): PreviewItem[] {
    return this.preview.items.filter((item) => item.differs && item.of && !this.isBroken(item));
  }

  rows(): components['schemas']['BankChosenRow'][] {
    return this.preview.items
      .filter((item) => this.chosen.has(item.row) && !this.isBroken(item))
      .map((item) => {
        const content = this.#mended.get(item.row);
        const of = this.#renews.get(item.row);
        return {
          row: item.row,
          ...(content ? { content } : {}),
          ...(of ? { item_id: of.item_id, version: of.version } : {}),
        };
      });
  }
}
