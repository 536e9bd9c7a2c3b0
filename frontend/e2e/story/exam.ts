// An online exam, set up over the API as the pages of the organizers do it: a small bank, one period that is open, and
// two divisions, one of which has half a minute.
import type { Page } from '@playwright/test';

export type ExamSetUp = { contest: number; slug: string; round: number; period: number; codes: string[][] };

/** Runs in the organizer's page. `entries`: name and division (0, 1, ...) of each. */
export async function setUpExam(page: Page, entries: [string, number][]): Promise<ExamSetUp> {
  return page.evaluate(async (entries) => {
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : null;
    };
    const hour = 3_600_000;
    const made = await ask('POST', '/api/organizer/contests', {
      template: 'exam_once',
      name: 'Tìm hiểu pháp luật về cải cách hành chính',
      organizer_name: 'Tỉnh Đoàn Lam Giang',
      starts_at: new Date(Date.now() - hour).toISOString(),
      ends_at: new Date(Date.now() + 4 * hour).toISOString(),
      divisions: ['Cán bộ, công chức', 'Đoàn viên'],
    });
    const { id: contest, slug } = made.contest as { id: number; slug: string };
    const round = made.contest.rounds[0].id as number;
    const base = `/api/organizer/contests/${contest}`;
    const exam = `${base}/rounds/${round}/exam`;
    const difficulties = ['recognition', 'understanding', 'application', 'high_application'];
    const answers = ['Bộ phận Một cửa', 'Văn phòng Ủy ban nhân dân', 'Sở Nội vụ', 'Sở Tư pháp'];
    for (let i = 0; i < 80; i++) {
      await ask('POST', `${base}/bank/items`, {
        content: {
          schema: 1,
          type: 'single',
          stem: `Tình huống ${i + 1}: cơ quan nào tiếp nhận hồ sơ và hẹn ngày trả kết quả?`,
          options: answers.map((text, at) => ({ id: 'abcd'[at], text, pinned: false })),
          key: { options: ['a'], texts: [], ignore_marks: false, number: '', tolerance: '' },
          partial_credit: 'all_or_nothing',
          explanation: '',
          source: { act: '', article: '', note: '' },
          topic: '',
          difficulty: difficulties[i % 4],
        },
      });
    }
    let setup = await ask('GET', exam);
    setup = await ask('PUT', `${exam}/settings`, {
      version: setup.version,
      settings: {
        ...setup.settings,
        duration_s: 1200,
        divisions: [{ division_id: setup.divisions[1].id, duration_s: 30 }],
        guess: 'entrants',
        ranking: ['points', 'guess', 'time'],
        show_score: 'at_submit',
        account_entry: true,
      },
    });
    const nowUs = setup.now_us as number;
    setup = await ask('PUT', `${exam}/periods`, {
      version: setup.version,
      periods: [
        {
          id: setup.periods[0]?.id ?? 0,
          name: 'Tuần 1',
          windows: [{ division_id: 0, opens_us: nowUs - 1e9, closes_us: nowUs + 4 * 3.6e9 }],
        },
      ],
    });
    const period = setup.periods[0].id as number;
    await ask('POST', `${exam}/periods/${period}/prepare`);
    await ask('POST', `${base}/state`, { from: 'draft', to: 'open' });
    const codes: string[][] = [];
    for (const [name, division] of entries) {
      const entry = await ask('POST', `${base}/entries`, {
        name,
        division_id: setup.divisions[division].id,
        unit_name: 'Phường Bình Sơn',
      });
      const { code } = await ask('POST', `${base}/entries/${entry.id}/code`);
      codes.push([entry.number, code]);
    }
    await ask('POST', `${base}/state`, { from: 'open', to: 'running' });
    await ask('POST', `${exam}/ready`);
    return { contest, slug, round, period, codes };
  }, entries);
}
