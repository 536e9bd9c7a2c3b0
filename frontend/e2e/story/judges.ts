// The steps of an evening with five judges. Setting it up goes by the API, as the set-up has stories of its own;
// everything that judges, timekeeper and secretary do goes by their screens.
import { expect, type Page } from '@playwright/test';
import { confirm, type Scene } from './scene';

const criteria = ['Nội dung', 'Hình thức, sáng tạo', 'Phong cách'] as const;
const greeting = 'Chào hỏi';
const situation = 'Xử lý tình huống';
const skit = 'Tiểu phẩm tuyên truyền';
/** The three who stay in the contest: enough for a tie at a line. */
const staying = 3;

export type Turn = { id: number; entry_id: number; entry_name: string; state: string };
export type Table = {
  panel: { seat: number; account_id: number; name: string }[];
  performances: Turn[];
  signing: { hash: string };
};
export type Round = { id: number; name: string };
type Plan = { version: number; rounds: { id: number; from_zero: boolean }[] };

/** Types one mark on the pad of a criterion, with the keyboard. */
export async function mark(judge: Page, criterion: string, value: string): Promise<void> {
  await judge.getByRole('button', { name: `Nhập điểm: ${criterion}` }).click();
  const pad = judge.getByRole('dialog', { name: criterion });
  await expect(pad).toBeVisible();
  await judge.keyboard.type(value);
  await judge.keyboard.press('Enter');
  await expect(pad).toBeHidden();
}

export async function marks(judge: Page, values: readonly string[]): Promise<void> {
  for (const [i, value] of values.entries()) await mark(judge, criteria[i]!, value);
}

export async function lock(judge: Page): Promise<void> {
  await judge.getByRole('button', { name: 'Chốt phiếu' }).click();
  await confirm(judge, 'Chốt phiếu');
  await expect(judge.getByText(/^Đã chốt \d/)).toBeVisible();
}

export class Evening {
  judges: Page[] = [];
  keeper!: Page;
  /** The tablet that judge 4 has left. */
  private left!: Page;
  /** Greeting, situation and skit. */
  rounds: Round[] = [];
  /** Of the greeting. */
  turns: Turn[] = [];
  private accounts: number[] = [];

  constructor(readonly scene: Scene) {}

  /** As the organizer's own page would ask. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.scene.organizer.evaluate(
      async ([method, path, body]) => {
        const answer = await fetch(path as string, {
          method: method as string,
          headers: { 'Content-Type': 'application/json' },
          body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
        return text ? JSON.parse(text) : undefined;
      },
      [method, path, body] as const,
    ) as Promise<T>;
  }

  base(round: Round): string {
    return `/api${this.scene.contest}/rounds/${round.id}/judging`;
  }

  /** Three teams and three parts: the best two after the first two parts enter the third. */
  private async lessen(rounds: Round[]): Promise<void> {
    const api = `/api${this.scene.contest}`;
    this.rounds = [greeting, situation, skit].map((name) => rounds.find((r) => r.name === name)!);
    const { entries } = await this.ask<{ entries: { id: number; number: string }[] }>(
      'GET',
      `${api}/entries`,
    );
    for (const entry of entries.sort((a, b) => Number(a.number) - Number(b.number)).slice(staying))
      await this.ask('POST', `${api}/entries/${entry.id}/withdraw`, { reason: 'Không dự đêm thi' });
    const save = async (intake: (round: number) => object) => {
      const plan = await this.ask<Plan>('GET', `${api}/plan`);
      await this.ask('PUT', `${api}/plan`, {
        version: plan.version,
        rounds: plan.rounds.map((r) => ({
          round_id: r.id,
          weight: 10000,
          from_zero: r.from_zero,
          intake: intake(r.id),
        })),
        tie_breakers: [],
      });
    };
    await save(() => ({ who: 'all' }));
    for (const round of rounds) {
      if (!this.rounds.some((r) => r.id === round.id)) await this.ask('DELETE', `${api}/rounds/${round.id}`);
    }
    await save((round) =>
      round === this.rounds[2]!.id
        ? { who: 'best', basis: 'overall', places: [{ count: 2 }] }
        : { who: 'all' },
    );
  }

  private async pair(account: number, name: string, device: 'tablet' | 'small' = 'tablet'): Promise<Page> {
    const { path } = await this.ask<{ path: string }>(
      'POST',
      `/api${this.scene.contest}/people/${account}/pairing`,
    );
    const page = await this.scene.person(name, device);
    await page.goto(path);
    await page.getByRole('button', { name: 'Ghép máy này' }).click();
    await expect(page.getByRole('heading', { name: 'Phần thi tôi chấm' })).toBeVisible();
    return page;
  }

  async begin(): Promise<void> {
    const { scene } = this;
    const page = (scene.organizer = await scene.person('organizer', 'laptop'));
    const [, login, password] = await scene.server.find(/organizer +\S+\/sign-in +(\S+) \/ (\S+)/);
    const [, slug] = await scene.server.find(/\/audience\/(\S+)\/projector/);
    scene.slug = slug!;
    await page.goto('/sign-in');
    await page.getByLabel('Tên đăng nhập').fill(login!);
    await page.getByLabel('Mật khẩu').fill(password!);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await expect(page.getByRole('heading', { name: 'Hội thi của tôi' })).toBeVisible();
    const contest = await this.ask<{ id: number; state: string; rounds: Round[] }>(
      'GET',
      `/api/audience/contests/${scene.slug}`,
    );
    const { id } = contest;
    scene.contest = `/organizer/contests/${id}`;
    await this.lessen(contest.rounds);
    for (const round of this.rounds) {
      const table = await this.ask<Table>('GET', this.base(round));
      this.accounts = table.panel.slice(0, 5).map((s) => s.account_id);
      await this.ask('PUT', `${this.base(round)}/panel`, { accounts: this.accounts, head: this.accounts[0] });
      await this.ask('PUT', `${this.base(round)}/rules`, {
        combining: { method: 'trimmed_mean', drop: 1, decimals: 2 },
        // A limit so short that the story does not wait for it.
        overtime:
          round === this.rounds[0]
            ? { method: 'steps', limit_seconds: 1, steps: [{ from_seconds: 1, deduction: 25 }] }
            : { method: 'none', limit_seconds: 0 },
      });
      if (round !== this.rounds[0])
        await this.ask('PUT', `${this.base(round)}/rubric`, {
          criteria: [{ name: 'Đúng pháp luật', max: 2000, step: 50, weight: 10000 }],
        });
      if (round !== this.rounds[2]) await this.ask('POST', `${this.base(round)}/order/draw`);
    }
    // The ceremony opens the sheets of the last part, as the panel has agreed beforehand.
    await this.ask('PUT', `${this.base(this.rounds[2]!)}/publicity`, { marks: 'seats', hall: 'after_part' });
    await this.ask('PUT', `${this.base(this.rounds[0]!)}/conduct`, {
      choosing: 'stage',
      clock_start: 'timekeeper',
      count_down: true,
      warnings: [60, 30],
      sound: true,
      tolerances: [{ from: 0, within: 1500 }],
    });
    if (contest.state === 'open')
      await this.ask('POST', `/api${scene.contest}/state`, { from: 'open', to: 'running' });
    this.turns = (await this.ask<Table>('GET', this.base(this.rounds[0]!))).performances;

    for (const [i, account] of this.accounts.entries())
      this.judges.push(await this.pair(account, `judge ${i + 1}`, i === 4 ? 'small' : 'tablet'));
    for (const judge of this.judges) {
      await judge.getByRole('link', { name: new RegExp(greeting) }).click();
      await expect(judge.getByText('Tiết mục này chưa bắt đầu.')).toBeVisible();
    }
    this.keeper = await scene.person('timekeeper', 'tablet');
    const [, keeper, word] = await scene.server.find(/secretary +\S+\/sign-in +(\S+) \/ (\S+)/);
    await this.keeper.goto(`/sign-in?next=/timekeeper/${id}`);
    await this.keeper.getByLabel('Tên đăng nhập').fill(keeper!);
    await this.keeper.getByLabel('Mật khẩu').fill(word!);
    await this.keeper.getByRole('button', { name: 'Đăng nhập' }).click();
    await expect(this.keeper.getByText('Chưa có đội trên sân khấu')).toBeVisible();
    scene.projector = await scene.person('projector', 'projector');
    await this.ask('PUT', `/api${scene.contest}/screen`, { mode: 'round', round_id: this.rounds[0]!.id });
    await scene.projector.goto(`/audience/${scene.slug}/projector`);
  }

  async start(round: Round, turn: Turn): Promise<void> {
    await this.ask('POST', `${this.base(round)}/performances/${turn.id}/start`);
  }

  /** The entry comes on stage, the clock waits for the timekeeper; a power cut stops it. */
  async clock(): Promise<void> {
    const { keeper, scene } = this;
    const [turn] = this.turns as [Turn];
    await this.start(this.rounds[0]!, turn);
    for (const judge of this.judges)
      await expect(judge.getByRole('heading', { level: 1, name: new RegExp(turn.entry_name) })).toBeVisible();
    await expect(keeper.getByRole('heading', { name: new RegExp(turn.entry_name) })).toBeVisible();
    await expect(keeper.getByRole('timer')).toHaveText('0:01');
    await expect(scene.projector.getByText('chờ bấm giờ')).toBeVisible();
    await scene.look(keeper, 'clock-ready');
    await keeper.keyboard.press('Space');
    await expect(keeper.getByRole('button', { name: 'Tạm dừng' })).toBeVisible();
    await expect(keeper.getByText(/^quá giờ .* → −0,25$/)).toBeVisible();
    await expect(scene.projector.getByText(/^quá giờ .* → −0,25$/)).toBeVisible();
    await scene.look(keeper, 'clock-over', { dark: true });
    await scene.look(scene.projector, 'projector-clock');
    await keeper.getByRole('button', { name: 'Tạm dừng' }).click();
    await expect(keeper.getByText('Ghi lý do rồi mới cho chạy tiếp được.')).toBeVisible();
    await expect(keeper.getByRole('button', { name: 'Chạy tiếp' })).toBeDisabled();
    await expect(scene.projector.getByText('tạm dừng', { exact: true })).toBeVisible();
    await keeper.getByRole('button', { name: 'Mất điện' }).click();
    await scene.look(keeper, 'clock-paused');
    await keeper.getByRole('button', { name: 'Chạy tiếp' }).click();
    await expect(keeper.getByRole('button', { name: 'Tạm dừng' })).toBeVisible();
  }

  /** Judge 3 marks without a line, writes a note, and locks for later; a reload in the dark loses nothing. */
  async offline(): Promise<void> {
    const judge = this.judges[2]!;
    await mark(judge, criteria[0], '8,5');
    await expect(judge.getByText(/^Nháp tự lưu/)).toBeVisible();
    await judge.context().setOffline(true);
    await expect(judge.getByText('Mất mạng: cứ chấm tiếp')).toBeVisible(this.scene.silence);
    await mark(judge, criteria[1], '5');
    await mark(judge, criteria[2], '3,5');
    await judge.getByLabel('Ghi chú riêng').fill('Mở đầu hay, kết hơi dài');
    await expect(judge.getByText('Chỉ bạn đọc được. · Còn trên máy, chưa gửi')).toBeVisible();
    await judge.getByRole('button', { name: 'Chốt phiếu' }).click();
    await this.scene.look(judge, 'lock-later');
    await confirm(judge, 'Chốt khi có mạng');
    await expect(judge.getByText('Sẽ chốt khi có mạng').first()).toBeVisible();
    await this.scene.look(judge, 'locked-later');
  }

  /** Judge 4 goes on with another tablet in the middle of a sheet; the first one only looks from then on. */
  async changeDevice(): Promise<void> {
    const first = this.judges[3]!;
    await mark(first, criteria[0], '8');
    await expect(first.getByText(/^Nháp tự lưu/)).toBeVisible();
    const second = await this.pair(this.accounts[3]!, 'judge 4, second tablet');
    await second.getByRole('link', { name: new RegExp(greeting) }).click();
    await expect(second.getByText('Bạn đang chấm trên một máy khác')).toBeVisible();
    await expect(second.getByRole('button', { name: `Nhập điểm: ${criteria[0]}` })).toHaveCount(0);
    await second.getByRole('button', { name: 'Chấm trên máy này' }).click();
    await expect(first.getByText('Bạn đang chấm trên một máy khác')).toBeVisible();
    await mark(second, criteria[1], '4,5');
    await mark(second, criteria[2], '3,5');
    await lock(second);
    this.left = first;
    this.judges[3] = second;
  }

  async others(): Promise<void> {
    const [head, two, , , five] = this.judges as [Page, Page, Page, Page, Page];
    await marks(head, ['8', '5', '3']);
    const watch = head.getByRole('region', { name: 'Theo dõi ban giám khảo' });
    await expect(watch.getByText(/^GK5 .* còn 3 tiêu chí chưa chấm$/)).toBeVisible();
    await expect(two.getByRole('region', { name: 'Theo dõi ban giám khảo' })).toHaveCount(0);
    await this.scene.look(head, 'head-watch');
    await marks(two, ['8,5', '5', '3,5']);
    await marks(five, ['5', '3', '2']);
    await this.scene.look(five, 'phone');
    await lock(two);
    await lock(five);
    await lock(head);
    await expect(watch.getByText(/^GK3 .* còn 2 tiêu chí chưa chấm$/)).toBeVisible();
    await expect(head.getByText('Phiếu lệch xa')).toHaveCount(0);
  }

  async back(): Promise<void> {
    const judge = this.judges[2]!;
    await judge.context().setOffline(false);
    await expect(judge.getByText(/^Đã chốt \d/)).toBeVisible(this.scene.silence);
    await expect(judge.getByText('Chỉ bạn đọc được. · Đã lưu')).toBeVisible();
    await judge.reload();
    await expect(judge.getByLabel('Ghi chú riêng')).toHaveValue('Mở đầu hay, kết hơi dài');
    await this.scene.look(judge, 'signed');
  }

  async watch(): Promise<void> {
    const { keeper, scene } = this;
    const [turn] = this.turns as [Turn];
    await keeper.keyboard.press('Space');
    await expect(keeper.getByText('đã dừng')).toBeVisible();
    await this.ask('POST', `${this.base(this.rounds[0]!)}/performances/${turn.id}/finish`);
    const head = this.judges[0]!;
    await expect(head.getByText(/^GK5 .* cho 10,.*thấp hơn trung/)).toBeVisible();
    await expect(this.judges[1]!.getByText('Phiếu lệch xa')).toHaveCount(0);
    await scene.look(head, 'alarm', { whole: true });
    const page = scene.organizer;
    await page.goto(`${scene.contest}/rounds/${this.rounds[0]!.id}/judging`);
    await expect(page.getByRole('region', { name: 'Độ lệch của giám khảo' }).getByRole('row')).toHaveCount(6);
    await scene.look(page, 'watch', { whole: true });
    await expect(keeper.getByRole('heading', { name: 'Đã trình bày' })).toBeVisible();
  }

  /** Whoever has locked everything goes along by itself; judge 2 has an open sheet and is only offered the way. */
  async nextPart(): Promise<void> {
    const [first, second] = this.turns as [Turn, Turn];
    void first;
    await this.start(this.rounds[0]!, second);
    const two = this.judges[1]!;
    for (const judge of this.judges) {
      await expect(
        judge.getByRole('heading', { level: 1, name: new RegExp(second.entry_name) }),
      ).toBeVisible();
      if (judge === two) {
        await mark(judge, criteria[0], '7');
        continue;
      }
      await marks(judge, ['7,5', '4', '3']);
      await lock(judge);
    }
    await this.ask('POST', `${this.base(this.rounds[0]!)}/performances/${second.id}/finish`);
    const next = await this.ask<Table>('GET', this.base(this.rounds[1]!));
    await this.start(this.rounds[1]!, next.performances[0]!);
    for (const judge of this.judges) {
      if (judge === two) continue;
      await expect(judge).toHaveURL(new RegExp(`/judge/\\d+/${this.rounds[1]!.id}$`));
      await expect(judge.getByRole('button', { name: 'Nhập điểm: Đúng pháp luật' })).toBeVisible();
    }
    await expect(two.getByText(`Sân khấu đang ở phần ${situation}`)).toBeVisible();
    await expect(two.getByRole('button', { name: `Nhập điểm: ${criteria[0]}` })).toContainText('7');
    await this.scene.look(two, 'part-offered');
    await two.getByRole('button', { name: 'Sang phần này' }).click();
    await expect(two.getByRole('button', { name: 'Nhập điểm: Đúng pháp luật' })).toBeVisible();
    // The tablet that was taken over stays where it is: it must not take the next part's sheets.
    await expect(this.left.getByText(`Sân khấu đang ở phần ${situation}`)).toBeVisible();
    await expect(
      this.keeper.getByRole('heading', { name: new RegExp(next.performances[0]!.entry_name) }),
    ).toBeVisible();
  }
}
