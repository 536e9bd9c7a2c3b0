import { describe, expect, it } from 'vitest';
import type { components } from '$lib/api/schema.gen';
import { outcomeOf } from './outcome';
import type { CeremonyView } from './words';

type OwnBoard = components['schemas']['LeaderboardOwnBoardView'];

const ceremony = (state: CeremonyView['state'], more: Partial<CeremonyView> = {}): CeremonyView => ({
  state,
  rehearsal: false,
  black: false,
  teams: true,
  contest: 'Hội thi',
  organizer: 'Ban Tổ chức',
  title: '',
  backdrop: '',
  logos: [],
  told: [{ entry_id: 7, name: 'Đội 7', place: 2, total: 8150, award: 'Giải Nhì' }],
  prizes: [],
  ...more,
});
const board = (status: OwnBoard['status'], total = 8150): OwnBoard => ({
  status,
  count: 3,
  row: {
    entry_id: 7,
    number: '007',
    name: 'Đội 7',
    unit_name: '',
    division_id: 1,
    place: 2,
    tied: false,
    total,
    scores: [],
  },
});

describe('what a contestant is told of the result', () => {
  it('is nothing from a board that is not final, whatever place it shows', () => {
    expect(outcomeOf(undefined, board('provisional'), 7)).toEqual({ state: 'nothing' });
    expect(outcomeOf(ceremony('off'), board('frozen'), 7)).toEqual({ state: 'nothing' });
  });
  it('is nothing in a rehearsal', () => {
    expect(outcomeOf(ceremony('running', { rehearsal: true }), board('frozen'), 7)).toEqual({
      state: 'nothing',
    });
  });
  it('is the own place from the step on that tells it, never from the frozen board', () => {
    expect(outcomeOf(ceremony('running', { told: [] }), board('frozen'), 7)).toEqual({ state: 'telling' });
    expect(outcomeOf(ceremony('paused'), board('frozen', 100), 7)).toMatchObject({
      state: 'telling',
      own: { place: 2, total: 8150 },
    });
  });
  it('is final when the result is public, with or without a ceremony', () => {
    expect(outcomeOf(ceremony('over'), board('final'), 7)).toEqual({
      state: 'final',
      place: 2,
      total: 8150,
      award: 'Giải Nhì',
    });
    expect(outcomeOf(undefined, board('final'), 7)).toMatchObject({ state: 'final', place: 2, award: '' });
  });
  it('does not keep the award of a result that was corrected afterwards', () => {
    expect(outcomeOf(ceremony('over'), board('final', 7000), 7)).toMatchObject({ total: 7000, award: '' });
  });
});
