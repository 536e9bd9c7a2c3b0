import { describe, expect, it } from 'vitest';
import { filtered, sums, type PlanUnit } from './plan';

const unit = (id: number, name: string, more: Partial<PlanUnit> = {}): PlanUnit => ({
  id,
  name,
  code: `DV${id}`,
  short_name: '',
  kind: 'commune',
  parent_id: 1,
  parent_name: 'Tỉnh Lam Giang',
  invited: true,
  block_id: 0,
  target: -1,
  headcount: -1,
  counted: -1,
  entries: 0,
  waiting: 0,
  ...more,
});

const units = [
  unit(1, 'Xã Đồng Tâm', { block_id: 5, target: 2, entries: 1, headcount: 100 }),
  unit(2, 'Phường Ân Thi', { block_id: 5, target: 1, entries: 2 }),
  unit(3, 'Sở Nội vụ'),
];

describe('the units of a contest', () => {
  it('adds up without taking "none" for minus one', () => {
    expect(sums(units)).toEqual({ units: 3, target: 3, entries: 3, headcount: 100, without: 1 });
  });

  it('finds without marks, by block and by what is missing', () => {
    const names = (list: PlanUnit[]) => list.map((u) => u.id);
    expect(names(filtered(units, 'dong tam', -1, 'all'))).toEqual([1]);
    expect(names(filtered(units, 'lam giang', 5, 'all'))).toEqual([1, 2]);
    expect(names(filtered(units, '', 0, 'all'))).toEqual([3]);
    expect(names(filtered(units, '', -1, 'short'))).toEqual([1]);
    expect(names(filtered(units, '', -1, 'done'))).toEqual([2]);
    expect(names(filtered(units, '', -1, 'none'))).toEqual([3]);
  });
});
