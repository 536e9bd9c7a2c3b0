// The middle of the picture: letters as large as its frame allows, and parts that travel to their new place and size when
// others come in. It is measured once for each change, before anything moves; what moves are transforms alone.
import { calmly } from '$lib/board/move';

const steps = 7;

/** How high the content is, whatever is moving in it just now: transforms don't count. */
function heightOf(node: HTMLElement): number {
  const first = node.firstElementChild as HTMLElement | null;
  const last = node.lastElementChild as HTMLElement | null;
  return first && last ? last.offsetTop + last.offsetHeight - first.offsetTop : 0;
}

/** A frame so wide, in em of itself, that a name needs no second line there. */
export function roomy(node: HTMLElement): boolean {
  const frame = node.parentElement ?? node;
  return node.clientWidth > 64 * (parseFloat(getComputedStyle(frame).fontSize) || 16);
}

const least = 0.3;

/** Gives `node` the largest letters, in em of its parent, with which its content stays within it. */
export function fitLetters(node: HTMLElement): void {
  const most = roomy(node) ? 1.7 : 1.08;
  const holds = (size: number) => {
    node.style.fontSize = `${size}em`;
    return heightOf(node) <= node.clientHeight - 4 && node.scrollWidth <= node.clientWidth + 1;
  };
  // A word may only be broken when it does not fit in the smallest letters either.
  node.style.overflowWrap = 'normal';
  if (holds(most)) return;
  if (!holds(least)) {
    node.style.overflowWrap = 'anywhere';
    return;
  }
  let low = least;
  let high = most;
  for (let i = 0; i < steps; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  holds(low);
}

/** Where the parts of a picture stand: those with the attribute `data-part`. */
export type Stand = Map<string, { left: number; top: number; letters: number }>;

export function standOf(node: HTMLElement): Stand {
  const found: Stand = new Map();
  for (const part of node.querySelectorAll<HTMLElement>('[data-part]')) {
    const { left, top } = part.getBoundingClientRect();
    found.set(part.dataset.part ?? '', { left, top, letters: parseFloat(getComputedStyle(part).fontSize) });
  }
  return found;
}

/** Lets the parts travel from where they stood. */
export function travel(node: HTMLElement, before: Stand): void {
  if (calmly() || before.size === 0) return;
  const now = standOf(node);
  for (const part of node.querySelectorAll<HTMLElement>('[data-part]')) {
    const from = before.get(part.dataset.part ?? '');
    const to = now.get(part.dataset.part ?? '');
    if (!from || !to || typeof part.animate !== 'function') continue;
    const [dx, dy, scale] = [from.left - to.left, from.top - to.top, from.letters / to.letters];
    if (Math.abs(dx) < 1 && Math.abs(dy) < 1 && Math.abs(scale - 1) < 0.01) continue;
    part.style.transformOrigin = '0 0';
    part.animate([{ transform: `translate(${dx}px, ${dy}px) scale(${scale})` }, { transform: 'none' }], {
      duration: 700,
      easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)',
    });
  }
}
