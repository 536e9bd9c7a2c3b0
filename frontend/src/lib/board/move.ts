// A row that goes to its new place, slowly enough for the eye and above those it overtakes. Only its position moves,
// so nothing is laid out anew while it travels.
import type { AnimationConfig } from 'svelte/animate';

export const calmly = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const ease = (t: number) => (t < 0.5 ? 4 * t * t * t : 1 - Math.pow(-2 * t + 2, 3) / 2);

/** For `animate:move`. A row from far away starts at most a screen away. */
export function move(_node: Element, { from, to }: { from: DOMRect; to: DOMRect }): AnimationConfig {
  const far = window.innerHeight;
  const dx = from.left - to.left;
  const dy = Math.max(-far, Math.min(far, from.top - to.top));
  if (calmly() || (dx === 0 && dy === 0)) return { duration: 0 };
  return {
    duration: Math.min(1400, 700 + Math.abs(dy) * 0.9),
    easing: ease,
    css: (_t, u) =>
      `transform: translate(${dx * u}px, ${dy * u}px); position: relative; z-index: ${dy > 0 ? 2 : 1};`,
  };
}
