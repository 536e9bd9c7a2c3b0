import { describe, expect, it } from 'vitest';
import { firstSheet, follow } from './follow';

describe('the sheet on the screen', () => {
  const at = { onStage: 5, selected: 4, halfMarked: false, busy: false };

  it('follows the stage', () => {
    expect(follow(at)).toBe('go');
    expect(follow({ ...at, selected: 0, busy: true })).toBe('go');
    expect(follow({ ...at, onStage: 0 })).toBe('stay');
    expect(follow({ ...at, onStage: 4 })).toBe('stay');
  });

  it('never changes under a finger', () => {
    expect(follow({ ...at, busy: true })).toBe('wait');
    expect(follow({ ...at, halfMarked: true })).toBe('stay');
    expect(follow({ ...at, halfMarked: true, busy: true })).toBe('wait');
  });

  it('opens where there is something to do', () => {
    const turns = [
      { id: 1, state: 'done', locked: true },
      { id: 2, state: 'done', locked: false },
      { id: 3, state: 'planned', locked: false },
    ];
    expect(firstSheet(turns, 3)).toBe(3);
    expect(firstSheet(turns, 0)).toBe(2);
    expect(firstSheet([turns[0]!, turns[2]!], 0)).toBe(3);
    expect(firstSheet([turns[0]!], 0)).toBe(1);
    expect(firstSheet([], 0)).toBe(0);
  });
});
