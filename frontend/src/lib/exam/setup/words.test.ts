import { describe, expect, it } from 'vitest';
import { durationWords, sourceOf, summary, type ExamSetup, type Settings } from './words';

const settings: Settings = {
  duration_s: 1200,
  divisions: [],
  attempts: 3,
  counts: 'best',
  overall: 'sum',
  sources: [{ period_id: 0, division_id: 0, blueprint_id: 7 }],
  guess: 'all_right',
  pass_percent: 50,
  ranking: ['points', 'guess', 'time'],
  show_score: 'at_submit',
  show_keys: 'after_window',
  show_board: 'published',
  open_entry: true,
  account_entry: false,
  appeal_days: 3,
  grace_ms: 2000,
};
const exam = {
  periods: [],
  divisions: [],
  blueprints: [{ id: 7, name: 'Đề chung', items: 19, points: 1900, offered: 100, lacks: 0, missing: 0 }],
} as Pick<ExamSetup, 'periods' | 'blueprints' | 'divisions'>;

describe('the rules in plain words', () => {
  it('say what a contestant may do, and what comes of it', () => {
    const words = summary(settings, exam);
    expect(words[0]).toBe('Mỗi người 3 lượt, 20 phút mỗi lượt, tính lượt điểm cao nhất.');
    expect(words).toContain('Mỗi đề 19 câu, bốc theo “Đề chung”.');
    expect(words).toContain('Thêm câu dự đoán: số người trả lời đúng tất cả.');
    expect(words).toContain('Xếp hạng: Điểm cao hơn → Dự đoán gần hơn → Làm bài nhanh hơn.');
    expect(words).toContain('Đạt từ 50 % điểm tối đa.');
  });

  it('leave out what does not matter with one attempt', () => {
    const [first] = summary({ ...settings, attempts: 1, duration_s: 0 }, exam);
    expect(first).toBe('Mỗi người 1 lượt, không giới hạn thời gian.');
  });

  it('name times as people do', () => {
    expect([90, 900, 5400, 7200].map(durationWords)).toEqual(['90 giây', '15 phút', '90 phút', '2 giờ']);
  });
});

describe('the blueprint of a period and division', () => {
  it('is the most specific one', () => {
    const s = {
      ...settings,
      sources: [
        { period_id: 0, division_id: 0, blueprint_id: 1 },
        { period_id: 0, division_id: 5, blueprint_id: 2 },
        { period_id: 9, division_id: 0, blueprint_id: 3 },
        { period_id: 9, division_id: 5, blueprint_id: 4 },
      ],
    };
    expect(
      [
        [8, 4],
        [8, 5],
        [9, 4],
        [9, 5],
      ].map(([p, d]) => sourceOf(s, p!, d!)),
    ).toEqual([1, 2, 3, 4]);
  });
});
