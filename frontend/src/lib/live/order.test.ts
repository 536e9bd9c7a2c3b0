import { describe, expect, it } from 'vitest';
import { Newest } from './order';

describe('the newest view', () => {
  it('takes rising numbers and refuses the same and older ones', () => {
    const newest = new Newest();
    expect(newest.accept('board', { epoch: 1, seq: 3 })).toBe(true);
    expect(newest.accept('board', { epoch: 1, seq: 3 })).toBe(false);
    expect(newest.accept('board', { epoch: 1, seq: 2 })).toBe(false);
    expect(newest.accept('board', { epoch: 1, seq: 4 })).toBe(true);
  });

  it('counts each kind for itself', () => {
    const newest = new Newest();
    newest.accept('board', { epoch: 1, seq: 9 });
    expect(newest.accept('presence', { epoch: 1, seq: 1 })).toBe(true);
  });

  it('begins anew with a new epoch and never goes back to an old one', () => {
    const newest = new Newest();
    newest.accept('board', { epoch: 1, seq: 900 });
    expect(newest.accept('board', { epoch: 2, seq: 1 })).toBe(true);
    expect(newest.accept('board', { epoch: 1, seq: 901 })).toBe(false);
  });

  it('believes the snapshot of a new socket, whatever its numbers', () => {
    const newest = new Newest();
    newest.accept('presence', { epoch: 5, seq: 70 });
    newest.forget();
    expect(newest.accept('presence', { epoch: 4, seq: 2 })).toBe(true);
  });

  it('ends with the greatest of any shuffled messages', () => {
    for (let round = 0; round < 200; round++) {
      const all = Array.from({ length: 12 }, (_, i) => ({ epoch: 1 + Math.floor(i / 5), seq: i }));
      const shuffled = [...all].sort((a, b) => Math.sin(a.seq * 37 + round) - Math.sin(b.seq * 37 + round));
      const newest = new Newest();
      let shown = { epoch: 0, seq: 0 };
      for (const message of shuffled) if (newest.accept('x', message)) shown = message;
      expect(shown).toEqual(all[all.length - 1]);
    }
  });
});
