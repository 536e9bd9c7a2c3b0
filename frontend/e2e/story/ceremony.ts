// The ceremony on its evening: the result is final and nobody in the hall knows it; it is run through with made-up names,
// then told by the host's keys to the projector, the phones and the contestants' own pages. In its middle the server dies.
import { expect, type Page } from '@playwright/test';
import type { Evening, Table } from './judges';
import { confirm } from './scene';

type Desk = { seq: number; position: number; steps: { kind: string }[] };
type Board = { rows: { entry_id: number; name: string; total: number }[] };

export class Night {
  private host!: Page;
  private phone!: Page;
  /** The own page of a contestant. */
  private own!: Page;
  private ownTeam = '';
  /** Best first, as it became final. */
  private ranked: { name: string; total: string }[] = [];
  private seal = '';

  constructor(readonly evening: Evening) {}

  private get scene() {
    return this.evening.scene;
  }

  /** The hall's board stands still before the last part. */
  async freeze(): Promise<void> {
    const { scene } = this;
    const page = scene.organizer;
    this.phone = await scene.person('phone in the hall', 'small');
    await this.phone.goto(`/audience/${scene.slug}/board`);
    const [link, team] = (await scene.server.find(/(\/contestant#\S+) +SBD 001 · (.+)/)).slice(1);
    this.own = await scene.person('contestant', 'phone');
    await this.own.goto(link!);
    this.ownTeam = team!.trim();
    await expect(this.own.getByText(this.ownTeam).first()).toBeVisible();
    await page.goto(`${scene.contest}/results`);
    await page.getByRole('button', { name: 'Tạm giấu điểm' }).click();
    await confirm(page, 'Tạm giấu điểm');
    await expect(this.phone.getByText('Tạm giấu', { exact: false }).first()).toBeVisible();
  }

  /** Final, sealed, and still a secret. */
  async finalize(): Promise<void> {
    const { scene, evening } = this;
    const page = scene.organizer;
    const api = `/api${scene.contest}`;
    await evening.ask('POST', `${api}/state`, { from: 'running', to: 'ended' });
    const board = await evening.ask<Board>('GET', `${api}/board`);
    const plan = await evening.ask<{ version: number }>('GET', `${api}/awards`);
    const contest = await evening.ask<{ contest: { divisions: { id: number }[] } }>('GET', api);
    const division = contest.contest.divisions[0]!.id;
    await evening.ask('PUT', `${api}/awards`, {
      version: plan.version,
      awards: ['Giải Nhất', 'Giải Nhì', 'Giải Ba'].map((name) => ({ division_id: division, name, count: 1 })),
      side_prizes: [{ name: 'Đội được khán giả yêu thích', entry_id: board.rows[2]!.entry_id }],
    });
    await page.reload();
    await page.getByRole('button', { name: 'Chốt kết quả' }).click();
    await scene.look(page, 'finalize-untold');
    await confirm(page, 'Chốt kết quả');
    await expect(page.getByText('Đã chốt. Kết quả chưa công bố.')).toBeVisible();
    await scene.look(page, 'final-untold', { whole: true });
    const { standings, revisions } = await evening.ask<{
      standings: { name: string; total: number; place: number }[];
      revisions: { seal: string }[];
    }>('GET', `${api}/results`);
    this.seal = revisions[0]!.seal;
    this.ranked = standings
      .filter((s) => s.place > 0)
      .map((s) => ({ name: s.name, total: (s.total / 100).toFixed(2).replace('.', ',') }));
    expect(this.ranked).toHaveLength(3);
    await this.secret('while it is final but not told', 2);
  }

  /**
   * What stands on projector and phones holds no total of those who have not been told: the first `hidden` places. The
   * third's has been on the board before it was frozen.
   */
  private async secret(when: string, hidden: number): Promise<void> {
    const secrets = this.ranked.slice(0, hidden).map((r) => r.total);
    for (const [who, page] of [
      ['projector', this.scene.projector],
      ['phone', this.phone],
      ['contestant', this.own],
    ] as const) {
      const words = await page.locator('body').innerText();
      for (const secret of secrets) expect(words, `${who} ${when}`).not.toContain(secret);
    }
    const answer = await this.phone.request.get(`/api/audience/contests/${this.scene.slug}/results`);
    expect(answer.status(), `results ${when}`).toBe(404);
  }

  /** The hosts' run-through: the hall's wall says that nothing of it is real, phones hear nothing. */
  async rehearse(): Promise<void> {
    const { scene, evening } = this;
    const desk = await evening.ask<Desk>('GET', `/api${scene.contest}/ceremony`);
    await evening.ask('PUT', `/api${scene.contest}/ceremony`, {
      seq: desk.seq,
      settings: {
        title: '',
        slow: 2,
        rest: 'pages',
        marks_round: evening.rounds[2]!.id,
        marks_agreed: true,
      },
    });
    this.host = await scene.person('host', 'tablet');
    await this.host.context().addCookies(await scene.organizer.context().cookies());
    await this.host.goto(`${scene.contest}/ceremony`);
    await expect(this.host.getByText(/Mở được phiếu chấm của \d đội/)).toBeVisible();
    await scene.look(this.host, 'console-before', { whole: true, dark: true });
    await this.host.getByRole('button', { name: 'Tổng duyệt' }).click();
    await expect(scene.projector.getByText('TỔNG DUYỆT: tên và điểm không có thật')).toBeVisible();
    for (let step = 1; step < 5; step++) await this.press('PageDown', step + 1);
    await scene.look(scene.projector, 'projector-rehearsal');
    await expect(this.phone.getByText('Đang công bố kết quả')).toHaveCount(0);
    await this.secret('in a rehearsal', 2);
    await this.host.getByRole('button', { name: 'Kết thúc tổng duyệt' }).click();
    await expect(this.host.getByRole('button', { name: 'Bắt đầu lễ công bố' })).toBeVisible();
  }

  /** One key of the clicker. A press so soon after the last change is not taken: then the host presses again. */
  private async press(key: string, step: number): Promise<void> {
    const at = async () =>
      Number((await this.host.getByText(/^Bước \d+ \/ \d+$/).innerText()).match(/\d+/)![0]);
    await expect(async () => {
      if ((await at()) !== step) await this.host.keyboard.press(key);
      await expect.poll(at, { timeout: 400 }).toBe(step);
    }).toPass({ intervals: [50] });
  }

  /** Key by key to the step of that kind which comes next. */
  private async until(kind: string, place?: number): Promise<void> {
    const { steps, position } = await this.evening.ask<Desk & { steps: { kind: string; place?: number }[] }>(
      'GET',
      `/api${this.scene.contest}/ceremony`,
    );
    const target = steps.findIndex(
      (s, i) => i >= position && s.kind === kind && (place === undefined || s.place === place),
    );
    expect(target, `a step "${kind}" after ${position}`).toBeGreaterThan(0);
    for (let step = position + 1; step <= target + 1; step++) await this.press('PageDown', step);
  }

  async tell(): Promise<void> {
    const { scene, host, phone, own } = this;
    const wall = scene.projector;
    const [first, second, third] = this.ranked as [
      { name: string; total: string },
      { name: string; total: string },
      { name: string; total: string },
    ];
    await host.getByRole('button', { name: 'Bắt đầu lễ công bố' }).click();
    await confirm(host, 'Bắt đầu lễ công bố');
    await expect(wall.getByText('Lễ công bố kết quả và trao giải')).toBeVisible();
    await expect(phone.getByText('Đang công bố kết quả')).toBeVisible();
    await scene.look(wall, 'wall-opening');
    await this.until('prize_name');
    await expect(wall.getByRole('heading', { name: third.name })).toBeVisible();
    await this.until('row', 3);
    await expect(wall.getByText(third.total).first()).toBeVisible();
    await expect(phone.getByText(third.total).first()).toBeVisible();
    await this.secret('after the third place', 2);

    // The clicker's other keys: back, a pause in which no key goes on, and the black wall.
    const { position } = await this.evening.ask<Desk>('GET', `/api${scene.contest}/ceremony`);
    await this.press('PageUp', position - 1);
    await this.press('PageDown', position);
    const resume = host.getByRole('button', { name: 'Tiếp tục' });
    await expect(async () => {
      if (!(await resume.isVisible())) await host.keyboard.press('p');
      await expect(resume).toBeVisible({ timeout: 400 });
    }).toPass({ intervals: [50] });
    await host.keyboard.press('PageDown');
    await expect(host.getByText(`Bước ${position} /`)).toBeVisible();
    await resume.click();
    await host.getByRole('button', { name: 'Màn đen', exact: true }).click();
    await expect(wall.getByText(third.total)).toHaveCount(0);
    await host.getByRole('button', { name: 'Bỏ màn đen' }).click();
    await expect(wall.getByText(third.total).first()).toBeVisible();

    await this.until('strike', 2);
    await expect(wall.getByRole('heading', { name: second.name })).toBeVisible();
    await expect(wall.locator('li.dropped')).toHaveCount(2);
    await scene.look(wall, 'wall-struck');
    await scene.look(host, 'console', { dark: true });
    await this.until('points', 2);
    await scene.look(phone, 'phone-told', { whole: true, dark: true });
    await this.until('name', 1);
    await expect(wall.getByRole('heading', { name: first.name })).toBeVisible();
    await this.secret('before the points of the first', 1);
    if (this.ownTeam !== first.name) {
      await expect(own.getByText('Kết quả của bạn vừa được công bố')).toBeVisible();
      await scene.look(own, 'own-result');
    }
  }

  /** kill -9 between the name of the winner and the points: everybody stays where they were, and nothing more is told. */
  async crash(): Promise<void> {
    const { scene, host, phone } = this;
    const step = await host.getByText(/^Bước \d+ \/ \d+$/).innerText();
    await scene.server.crash();
    await expect(scene.projector.getByRole('heading', { name: this.ranked[0]!.name })).toBeVisible();
    await expect(host.getByText('Đã kết nối')).toBeVisible(scene.silence);
    await expect(host.getByText(step)).toBeVisible();
    // Whoever opens a page now is at the same step.
    await Promise.all([scene.projector.reload(), phone.reload()]);
    await expect(scene.projector.getByRole('heading', { name: this.ranked[0]!.name })).toBeVisible();
    await expect(phone.getByText(this.ranked[0]!.name).first()).toBeVisible();
    await this.secret('after the server was killed', 1);
  }

  async end(): Promise<void> {
    const { scene, host, phone } = this;
    const wall = scene.projector;
    await this.until('points', 1);
    await expect(wall.getByText(this.ranked[0]!.total).first()).toBeVisible();
    await scene.look(wall, 'wall-first');
    await this.until('summary');
    await scene.look(wall, 'wall-summary');
    await this.until('seal');
    await expect(wall.getByText(this.seal)).toBeVisible();
    await expect(phone.getByText(this.seal).first()).toBeVisible();
    await scene.look(wall, 'wall-seal');
    await this.until('closing');
    await scene.look(wall, 'wall-closing');
    // One key more at the last step only asks.
    const ending = host.getByRole('dialog');
    await expect(async () => {
      if (!(await ending.isVisible())) await host.keyboard.press('PageDown');
      await expect(ending).toBeVisible({ timeout: 400 });
    }).toPass({ intervals: [50] });
    await confirm(host, 'Kết thúc và công bố tất cả');
    await expect(host.getByText('Đã công bố hết')).toBeVisible();
    await phone.getByRole('link', { name: 'Xem kết quả đầy đủ' }).click();
    // The line of those who went on stands between the rows.
    const rows = phone.getByRole('table').getByRole('row').filter({ hasNotText: 'đội vào' });
    for (const [i, line] of this.ranked.entries()) {
      await expect(rows.nth(i + 1)).toContainText(line.name);
      await expect(rows.nth(i + 1)).toContainText(line.total);
    }
    await expect(phone.getByText(this.seal).first()).toBeVisible();
    const found = await scene.server.verify();
    const mine = found.find((c) => c.seal === this.seal);
    expect(mine, 'the contest in what verify has read').toMatchObject({ revisions: 1, findings: [] });
  }
}

/** Distinct totals, so that the highest and the lowest of each are struck out; the first entry on stage is better. */
export const skitMarks = [
  ['17', '18', '18,5', '19', '19,5'],
  ['14', '15', '15,5', '16', '17'],
] as const;

export async function draw(evening: Evening): Promise<void> {
  const skit = evening.rounds[2]!;
  await evening.ask<Table>('POST', `${evening.base(skit)}/order/draw`);
}
