import { describe, expect, it } from 'vitest';
import { changed, merge, type Draft } from './draft';

const base: Draft = {
  name: 'Hội thi',
  organizer_name: 'Tỉnh Đoàn',
  venue: '',
  rules: '',
  entry_kind: 'team',
  team_min: 1,
  team_max: 10,
  registration_opens_at: null,
  registration_closes_at: null,
  starts_at: null,
  tie_breakers: ['round:1'],
  unlisted: false,
  divisions: [{ id: 1, name: 'Bảng A' }],
};

describe('two organizers at one form', () => {
  it('keeps what each has changed', () => {
    const { draft, both } = merge(base, { ...base, venue: 'Nhà hát' }, { ...base, rules: '1. Đối tượng' });
    expect(draft).toEqual({ ...base, venue: 'Nhà hát', rules: '1. Đối tượng' });
    expect(both).toEqual([]);
  });

  it('keeps my words where both have changed the same, and says so', () => {
    const { draft, both } = merge(base, { ...base, name: 'Của tôi' }, { ...base, name: 'Của bạn' });
    expect(draft.name).toBe('Của tôi');
    expect(both).toEqual(['name']);
  });

  it('sees no conflict where both have written the same', () => {
    expect(merge(base, { ...base, name: 'Mới' }, { ...base, name: 'Mới' }).both).toEqual([]);
  });

  it('sees changes within lists', () => {
    expect(changed(base, { ...base, divisions: [{ id: 1, name: 'Bảng B' }] })).toEqual(['divisions']);
  });
});
