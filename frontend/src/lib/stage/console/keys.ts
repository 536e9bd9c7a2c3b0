// The keys of a presenter's clicker and of the desk's keyboard. A key held down counts once, and a key meant for a
// field, a button or a dialog is left to it.

export type Act = 'next' | 'undo' | 'pause' | 'extend' | 'black';

type Target = { closest?: (selector: string) => unknown };
type Press = Pick<KeyboardEvent, 'key' | 'repeat' | 'ctrlKey' | 'metaKey' | 'altKey'> & {
  target: EventTarget | Target | null;
};

const typing = 'input, textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"]';
const pressing = 'button, a[href], summary, [role="button"], [role="switch"], [role="tab"]';

export function actOf(event: Press): Act | null {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return null;
  const at = event.target as Target | null;
  if (at?.closest?.(typing)) return null;
  switch (event.key) {
    case 'PageDown':
    case 'ArrowRight':
      return 'next';
    case 'PageUp':
    case 'ArrowLeft':
      return 'undo';
    case ' ':
    case 'Enter':
      return at?.closest?.(pressing) ? null : 'next';
    case 'b':
    case 'B':
    case '.':
      return 'black';
    case 'p':
    case 'P':
      return 'pause';
    case '+':
      return 'extend';
    default:
      return null;
  }
}
