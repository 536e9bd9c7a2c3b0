import { describe, expect, it, test } from 'vitest';
import { draftBody, emptyDraft, memberAt, newMember, ordinaryName, otherUnit } from './draft';

describe('a draft', () => {
  it('asks a team for as many lines as it needs people, the first as captain', () => {
    const draft = emptyDraft('team', [{ id: 4 }], 3);
    expect(draft.members.map((x) => x.role)).toEqual(['captain', 'member', 'member']);
    expect(draft.division).toBe(4);
    expect(emptyDraft('person', [{ id: 4 }, { id: 5 }]).division).toBeNull();
  });

  it('sends a unit by its number, or by the name that was typed, never both', () => {
    const draft = emptyDraft('person', [{ id: 4 }]);
    expect(draftBody({ ...draft, unit: 7, unitName: 'left over' })).toMatchObject({
      unit_id: 7,
      unit_name: '',
    });
    expect(draftBody({ ...draft, unit: otherUnit, unitName: 'Xã Nghĩa Đô' })).toMatchObject({
      unit_id: 0,
      unit_name: 'Xã Nghĩa Đô',
    });
    expect(draftBody({ ...draft, unit: 0, unitName: 'x' })).toMatchObject({ unit_id: 0, unit_name: '' });
  });

  it("finds the server's place of a member: empty lines are gone, the captain comes first", () => {
    const draft = emptyDraft('team', [{ id: 1 }], 1);
    draft.members = [
      newMember({ name: 'Dự bị', role: 'reserve' }),
      newMember({ name: '  ' }),
      newMember({ name: 'Hai' }),
      newMember({ name: 'Trưởng', role: 'captain' }),
    ];
    const [reserve, , two, captain] = draft.members;
    expect(memberAt(draft, captain!.key)).toBe(0);
    expect(memberAt(draft, two!.key)).toBe(1);
    expect(memberAt(draft, reserve!.key)).toBe(2);
    expect(draftBody(draft).members).toHaveLength(3);
  });
});

test('names in capitals or small letters are written as people write them', () => {
  expect(ordinaryName('NGUYỄN VĂN AN')).toBe('Nguyễn Văn An');
  expect(ordinaryName('đỗ thị ánh')).toBe('Đỗ Thị Ánh');
  expect(ordinaryName("H'HEN NIÊ")).toBe("H'Hen Niê");
  for (const kept of ['Nguyễn Văn An', 'Trần VĂN Bình', 'Y', '', '123'])
    expect(ordinaryName(kept)).toBeNull();
});
