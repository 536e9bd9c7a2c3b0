import { describe, expect, it } from 'vitest';
import { readable, whyNot, type PublicExam, type PublicPeriod } from './standings';

const week = (id: number, change: Partial<PublicPeriod> = {}): PublicPeriod => ({
  id,
  name: `Tuần ${id}`,
  opens_us: id * 1000,
  closes_us: id * 1000 + 500,
  settled: false,
  public: false,
  ...change,
});
const exam = (periods: PublicPeriod[], change: Partial<PublicExam> = {}): PublicExam => ({
  round_id: 1,
  round: 'Thi trực tuyến',
  phase: 'running',
  final: false,
  guess: true,
  show_board: 'at_submit',
  held: false,
  overall: false,
  periods,
  ...change,
});

describe('what the public may read of an exam', () => {
  it('offers all together first, then the newest period', () => {
    const weeks = [week(1, { public: true }), week(2, { public: true }), week(3)];
    expect(readable(exam(weeks))).toEqual([2, 1]);
    expect(readable(exam(weeks, { overall: true }))).toEqual([0, 2, 1]);
    expect(readable(exam([week(1, { public: true })], { overall: true }))).toEqual([1]);
    expect(readable(exam([week(1)]))).toEqual([]);
  });

  it('tells no number while a guess is open, and says what is waited for', () => {
    const say = (change: Partial<PublicExam>, p: PublicPeriod, now: number) =>
      whyNot(exam([p], change), p, now, 'Asia/Ho_Chi_Minh');
    expect(say({}, week(1), 1200)).toMatch(/câu dự đoán/);
    expect(say({ guess: false, show_board: 'after_window' }, week(1), 1200)).toMatch(/hiện sau đó/);
    expect(say({}, week(1), 500)).toMatch(/^Mở lúc/);
    expect(say({}, week(1), 2000)).toMatch(/đang chấm/);
    expect(say({ show_board: 'published' }, week(1, { settled: true }), 2000)).toMatch(/công bố theo thể lệ/);
    expect(say({ show_board: 'never' }, week(1), 1200)).toMatch(/không công khai/);
    expect(say({ held: true }, week(1), 1200)).toMatch(/tạm giấu/);
  });
});
