import { describe, expect, it } from 'vitest';
import { actOf } from './keys';

const press = (key: string, more: Partial<Parameters<typeof actOf>[0]> = {}) =>
  actOf({ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false, target: null, ...more });

describe('the keys of the desk', () => {
  it('lets every usual clicker give the next cue and take one back', () => {
    for (const key of ['PageDown', 'ArrowRight', ' ', 'Enter']) expect(press(key)).toBe('next');
    for (const key of ['PageUp', 'ArrowLeft']) expect(press(key)).toBe('undo');
  });

  it('never gives a second cue for a key that is held down', () => {
    expect(press('PageDown', { repeat: true })).toBeNull();
  });

  it('leaves the shortcuts of the browser alone', () => {
    expect(press('p', { ctrlKey: true })).toBeNull();
    expect(press('ArrowLeft', { altKey: true })).toBeNull();
    expect(press('+', { metaKey: true })).toBeNull();
  });

  it('leaves a key to the button or the field that has the focus', () => {
    const on = (tag: string) => ({ target: { closest: (s: string) => (s.includes(tag) ? {} : null) } });
    expect(press('Enter', on('button'))).toBeNull();
    expect(press('PageDown', on('button'))).toBe('next');
    expect(press('b', on('input'))).toBeNull();
    expect(press('PageDown', on('textarea'))).toBeNull();
  });

  it('does nothing for the letters in between', () => {
    for (const key of ['a', 'x', 'Tab', 'Escape', 'Shift']) expect(press(key)).toBeNull();
  });
});
