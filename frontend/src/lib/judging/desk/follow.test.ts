import { describe, expect, it } from 'vitest';
import { firstSheet, follow, followPart, leadingPart } from './follow';

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

describe('the part of the evening on the screen', () => {
  const part = (round_id: number, on_stage: number, since_us = 1, closed = false) => ({
    round_id,
    on_stage,
    since_us,
    closed,
  });

  it('is where somebody came on stage last', () => {
    expect(leadingPart([part(1, 0), part(2, 0)])).toBe(undefined);
    expect(leadingPart([part(1, 5, 10), part(2, 7, 20), part(3, 9, 30, true)])?.round_id).toBe(2);
  });

  it('never tears a judge away from a sheet', () => {
    expect(followPart({ unfinished: false, arrived: false, busy: false })).toBe('go');
    expect(followPart({ unfinished: true, arrived: false, busy: false })).toBe('offer');
    expect(followPart({ unfinished: false, arrived: true, busy: false })).toBe('offer');
    expect(followPart({ unfinished: false, arrived: false, busy: true })).toBe('wait');
  });
});
