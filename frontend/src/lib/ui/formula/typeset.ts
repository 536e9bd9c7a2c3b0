// Formulas set by KaTeX, with MathML inside for screen readers. What somebody typed is a stranger's text: nothing in it
// may load, link or run, and its size is bounded. The nodes are made one by one, not from markup, because the page's
// security policy lets no style come with markup.
import katex from 'katex';
import 'katex/dist/katex.min.css';

export const limits = { formula: 1000 };

const settings = (display: boolean) => ({
  displayMode: display,
  throwOnError: true,
  trust: false,
  strict: 'ignore' as const,
  maxExpand: 200,
  maxSize: 20,
  output: 'htmlAndMathml' as const,
});

/** Sets a formula into an element; one that can't be set stays as it was typed. */
export function typeset(box: HTMLElement, formula: string, display: boolean): void {
  try {
    if (formula.length > limits.formula) throw new Error('too long');
    katex.render(formula, box, settings(display));
    delete box.dataset.broken;
  } catch {
    box.textContent = formula;
    box.dataset.broken = '';
  }
}

export type Mistake = { kind: 'brace' | 'command' | 'long' | 'other'; what: string };

/** What keeps a formula from being set, or null. */
export function mistake(formula: string, display: boolean): Mistake | null {
  if (formula.length > limits.formula) return { kind: 'long', what: '' };
  try {
    katex.renderToString(formula, settings(display));
    return null;
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    const unknown = /Undefined control sequence: (\S+)/.exec(words);
    if (unknown) return { kind: 'command', what: unknown[1]! };
    if (/Expected '?}|EOF|Expected 'EOF'|group|\\right|\\end|Missing|Mismatch/i.test(words))
      return { kind: 'brace', what: '' };
    const place = /at position \d+: (.*)$/.exec(words);
    return { kind: 'other', what: (place?.[1] ?? formula).replace(/[̲…]/g, '').slice(0, 40) };
  }
}
