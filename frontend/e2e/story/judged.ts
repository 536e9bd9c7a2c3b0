// The greeting: teams on stage by the secretary's clock, two judges mark on tablets, one of them loses the network.
import { expect, type Page } from '@playwright/test';
import { confirm, type Scene } from './scene';
import { go, greeting } from './setup';

/** The order is set by the organizer, once everybody is known. */
export async function setOrder(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Chấm điểm');
  await page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: greeting }) })
    .getByRole('link', { name: 'Cài đặt phần thi' })
    .click();
  await page.getByRole('button', { name: 'Bốc thăm', exact: true }).click();
  await confirm(page, 'Bốc thăm');
  await expect(page.getByText('Đã bốc thăm')).toBeVisible();
  const first = page.getByRole('textbox', { name: /^Tên tiết mục của/ }).first();
  await first.fill('Một cửa, một nụ cười');
  await page.getByRole('button', { name: 'Lưu thứ tự' }).click();
  await expect(page.getByText('Đã lưu thứ tự')).toBeVisible();
  await scene.look(page, 'running-order', { whole: true });
}

/** Types one mark on the pad of a criterion. */
async function mark(judge: Page, criterion: string, value: string): Promise<void> {
  await judge.getByRole('button', { name: `Nhập điểm: ${criterion}` }).click();
  const pad = judge.getByRole('dialog', { name: criterion });
  for (const digit of value) await pad.getByRole('button', { name: digit, exact: true }).click();
  await pad.getByRole('button', { name: 'Nhận điểm' }).click();
  await expect(pad).toBeHidden();
}

const criteria = ['Nội dung', 'Hình thức, sáng tạo', 'Phong cách, trang phục'] as const;
/** Marks of each judge for the turns in their order; the sums are what the boards must show. */
const marks = [
  [
    ['9', '5,5', '4'],
    ['8', '5', '3,5'],
  ],
  [
    ['8,5', '5', '3'],
    ['8', '4,5', '3'],
  ],
  [
    ['7', '4', '3'],
    ['7,5', '4', '2,5'],
  ],
] as const;
export const greetingScores = ['17,50', '16,00', '14,00'];

const shown = (judge: Page, team: string) => judge.getByRole('heading', { level: 1, name: new RegExp(team) });

async function sign(judge: Page): Promise<void> {
  await judge.getByRole('button', { name: 'Chốt phiếu' }).click();
  await confirm(judge, 'Chốt phiếu');
  await expect(judge.getByText(/^Đã chốt \d/)).toBeVisible();
}

/** The host chooses what the hall sees. */
export async function screen(host: Page, name: string): Promise<void> {
  const choice = host.getByRole('group', { name: 'Màn hình hội trường' }).getByRole('button', { name });
  await choice.click();
  await expect(choice).toHaveAttribute('aria-pressed', 'true');
}

/** Everybody takes their place: the secretary's table, the judges' desks, the projector. */
export async function open(scene: Scene): Promise<void> {
  const table = scene.secretary;
  await table.getByRole('link', { name: 'Thanh niên với cải cách hành chính' }).click();
  await go(table, 'Chấm điểm');
  await table
    .getByRole('listitem')
    .filter({ has: table.getByRole('heading', { name: greeting }) })
    .getByRole('link', { name: 'Bảng chấm' })
    .click();
  await expect(table.getByText('Đã kết nối')).toBeVisible();
  const buttons = table.getByRole('region', { name: 'Bảng điểm của ban giám khảo' }).getByRole('button');
  await expect(buttons).toHaveCount(3);
  scene.order = (await buttons.allTextContents()).map(
    (words) => scene.contestants.find((c) => words.includes(c.team))!.team,
  );
  for (const judge of scene.judges) {
    await judge.reload();
    await judge.getByRole('link', { name: new RegExp(greeting) }).click();
    await expect(judge.getByText('Đã kết nối')).toBeVisible();
    await expect(judge.getByText('Tiết mục này chưa bắt đầu.')).toBeVisible();
  }
  await scene.look(scene.judges[0]!, 'judge-waiting');
  scene.projector = await scene.person('projector', 'projector');
  await scene.projector.goto(`/audience/${scene.slug}/projector`);
  await expect(
    scene.projector.getByRole('heading', { name: 'Thanh niên với cải cách hành chính' }),
  ).toBeVisible();
  await scene.look(scene.projector, 'projector-waiting');

  const host = scene.host;
  await host.getByRole('link', { name: 'Thanh niên với cải cách hành chính' }).click();
  await host.getByRole('link', { name: 'Điều hành' }).first().click();
  await host.getByRole('link', { name: new RegExp(`^${greeting}`) }).click();
  await expect(host.getByRole('main', { name: greeting })).toBeVisible();
  await screen(host, 'Vòng này');
  await expect(scene.projector.getByText('0 / 3 lượt đã trình bày')).toBeVisible();
  await scene.look(scene.projector, 'projector-order');
}

/** One turn: start, marks, finish, signatures; what the secretary sees comes live. */
async function turn(scene: Scene, index: number): Promise<void> {
  const table = scene.secretary;
  const team = scene.order[index]!;
  const keeper = table.getByRole('region', { name: 'Sân khấu' });
  await expect(keeper.getByRole('heading', { name: team })).toBeVisible();
  await keeper.getByRole('button', { name: 'Bắt đầu' }).click();
  await expect(keeper.getByText('Đang diễn')).toBeVisible();
  for (const judge of scene.judges) await expect(shown(judge, team)).toBeVisible();
  const row = table
    .getByRole('region', { name: 'Bảng điểm của ban giám khảo' })
    .getByRole('row', { name: new RegExp(team) });
  const [first, second] = scene.judges as [Page, Page];
  const [one, two] = marks[index]!;

  for (const [i, name] of criteria.entries()) await mark(first, name, one[i]!);
  await expect(row.getByText('nháp')).toBeVisible();

  if (index === 0) {
    await expect(scene.projector.getByRole('heading', { name: team })).toBeVisible();
    await scene.look(scene.projector, 'projector-on-stage');
    await mark(second, criteria[0], two[0]);
    await expect(second.getByText(/^Nháp tự lưu/)).toBeVisible();
    // The network goes: marking goes on, nothing can be signed, and nothing is lost.
    await second.context().setOffline(true);
    await expect(second.getByText('Mất mạng: cứ chấm tiếp')).toBeVisible(scene.silence);
    await mark(second, criteria[1], two[1]);
    await mark(second, criteria[2], two[2]);
    await expect(second.getByText('2 điểm còn trên máy, chưa gửi')).toBeVisible();
    await scene.look(second, 'judge-offline');
    await expect(row.getByText('thiếu 2')).toBeVisible();
    await second.context().setOffline(false);
    await expect(second.getByText(/^Nháp tự lưu/)).toBeVisible(scene.silence);
    await expect(row.getByText('nháp')).toHaveCount(2);
    await scene.look(second, 'judge-marking', { dark: true });
    await scene.look(table, 'secretary-live');
  } else {
    for (const [i, name] of criteria.entries()) await mark(second, name, two[i]!);
    await expect(row.getByText('nháp')).toHaveCount(2);
  }

  await keeper.getByRole('button', { name: 'Kết thúc' }).click();
  await expect(keeper.getByText('Đang diễn')).toBeHidden();
  await sign(first);
  await expect(row.getByText('1/2 phiếu đã chốt')).toBeVisible();
  await sign(second);
  await expect(row.getByText('Đủ phiếu')).toBeVisible();
  await expect(row).toContainText(greetingScores[index]!);
  if (index === 0) {
    await scene.look(first, 'judge-signed');
    // The working is shown: sum, mean and score.
    const working = table.getByRole('heading', { name: 'Cách tính' }).locator('..');
    await expect(working).toContainText('18,50 + 16,50 =');
    await expect(working).toContainText('35,00 : 2 =');
    await expect(working).toContainText('17,50');
    await scene.look(table, 'secretary-working', { dark: true });
  }
}

export async function judge(scene: Scene): Promise<void> {
  for (let index = 0; index < 3; index++) await turn(scene, index);
}

/** All sheets are locked: the secretary checks, the head judge closes, and the marks stand on the public board. */
export async function close(scene: Scene): Promise<void> {
  const table = scene.secretary;
  const head = scene.judges[0]!;
  await table.getByRole('button', { name: 'Xác nhận đã kiểm tra' }).click();
  await confirm(table, 'Xác nhận đã kiểm tra');
  await expect(table.getByText('Mã niêm phong').first()).toBeVisible();
  await scene.look(table, 'secretary-checked', { whole: true });
  await head.getByRole('link', { name: 'Chốt phần thi' }).click();
  await expect(head.getByText(/đã kiểm tra lúc/)).toBeVisible();
  await scene.look(head, 'head-closing');
  await head.getByRole('button', { name: 'Chốt phần thi' }).click();
  await confirm(head, 'Chốt phần thi');
  await expect(table.getByText('Phần thi đã chốt').first()).toBeVisible();
  for (const judge of scene.judges) await expect(judge.getByText('Phần thi đã chốt').first()).toBeVisible();
  await scene.look(table, 'secretary-closed', { whole: true });

  scene.spectator = await scene.person('spectator', 'phone');
  await scene.spectator.goto(`/audience/${scene.slug}/board`);
  await expect(scene.spectator.getByText('Tạm tính', { exact: true })).toBeVisible();
  const lines = scene.spectator.getByRole('list', { name: 'Bảng điểm' }).getByRole('listitem');
  for (const [i, team] of scene.order.entries()) {
    await expect(lines.nth(i)).toContainText(team);
    await expect(lines.nth(i)).toContainText(greetingScores[i]!.replace(/,?0+$/, ''));
  }
  await scene.look(scene.spectator, 'board-phone', { dark: true });
}
