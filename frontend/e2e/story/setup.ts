// Days before: the first administrator makes the contest, fills its bank, picks the quiz and invites people.
import { expect, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { confirm, type Scene } from './scene';

const samples = fileURLToPath(new URL('../../../docs/samples/', import.meta.url));
export const quiz = 'Kiến thức';
export const greeting = 'Chào hỏi';
/** Long enough for whatever a slow machine does between two steps; nothing waits for its end. */
const seconds = 300;

/** The first link makes the account, and the wizard the contest. */
export async function createContest(scene: Scene): Promise<void> {
  const page = (scene.organizer = await scene.person('organizer', 'laptop'));
  const [, link] = await scene.server.find(/Quản trị viên đầu tiên[^]*?(https?:\/\/\S+)/);
  await page.goto(link!);
  await expect(page.getByRole('heading', { name: 'Tạo tài khoản quản trị' })).toBeVisible();
  await page.getByLabel('Họ và tên').fill('Lê Thị Minh');
  await page.getByLabel('Tên đăng nhập').fill('leminh');
  await page.getByLabel('Mật khẩu mới').fill('mùa thu xanh ở Hạc Thành');
  await scene.look(page, 'first-administrator');
  await page.getByRole('button', { name: 'Vào Hội Thi' }).click();

  await expect(page.getByRole('heading', { name: 'Tất cả hội thi' })).toBeVisible();
  await scene.look(page, 'contests-empty');
  await page.getByRole('link', { name: 'Tạo hội thi' }).click();
  await page.getByRole('radio', { name: /Hội thi cải cách hành chính/ }).check();
  await page.getByLabel(/Tên hội thi/).fill('Thanh niên với cải cách hành chính');
  await page.getByLabel(/Đơn vị tổ chức/).fill('Tỉnh Đoàn Thanh Hóa');
  await page.getByLabel(/Ngày giờ thi: ngày/).fill('12/12/2026');
  await page.getByLabel(/Ngày giờ thi: giờ/).fill('19:30');
  await page.getByLabel(/Địa điểm/).fill('Hội trường 25B');
  await expect(page.getByRole('radio', { name: 'Đội', exact: true })).toBeChecked();
  await scene.look(page, 'wizard', { dark: true });
  await page.getByRole('button', { name: 'Tạo hội thi' }).click();

  await expect(
    page.getByRole('heading', { level: 1, name: 'Thanh niên với cải cách hành chính' }),
  ).toBeVisible();
  await expect(page).toHaveURL(/\/organizer\/contests\/\d+$/);
  scene.contest = new URL(page.url()).pathname;
  const address = await page
    .getByText(/\/audience\/[\w-]+$/)
    .first()
    .textContent();
  scene.slug = address!.match(/audience\/([\w-]+)/)![1]!;
  for (const round of [greeting, quiz, 'Xử lý tình huống', 'Tiểu phẩm tuyên truyền'])
    await expect(page.getByRole('heading', { name: round })).toBeVisible();
  await scene.look(page, 'overview-draft', { dark: true, whole: true });
}

/** A page of the contest, by the menu. */
export async function go(page: Page, name: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Trang của hội thi' })
    .getByRole('link', { name: new RegExp(`^${name}( \\d+)?$`) })
    .click();
}

/** The bank, from a document as an office has it. */
export async function fillBank(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Câu hỏi');
  await expect(page.getByText('Chưa có câu hỏi nào')).toBeVisible();
  await page.getByRole('link', { name: 'Nhập từ tệp' }).first().click();
  await scene.look(page, 'bank-import');
  await page.locator('input[type=file]').setInputFiles(`${samples}cau-hoi-mau.docx`);
  const confirm = page.getByRole('button', { name: /^Nhập \d+ câu$/ });
  await expect(confirm).toBeEnabled();
  const count = Number((await confirm.textContent())!.match(/\d+/)![0]);
  expect(count).toBeGreaterThanOrEqual(80);
  await scene.look(page, 'bank-import-preview');
  await confirm.click();
  await expect(page.getByText(`${count} câu đang dùng`)).toBeVisible();
  await scene.look(page, 'bank');
}

/** Three items and one in reserve; every answer of the story fits the time of an item. */
export async function pickItems(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Tổng quan');
  await page.getByRole('link', { name: new RegExp(`: ${quiz}$`) }).click();
  await expect(page.getByText('Chưa có câu hỏi nào')).toBeVisible();
  const dialog = page.getByRole('dialog', { name: 'Chọn câu hỏi từ ngân hàng' });
  for (const [take, button] of [
    [3, 'Thêm 3 câu'],
    [1, 'Thêm làm dự phòng'],
  ] as const) {
    await page.getByRole('button', { name: 'Thêm câu hỏi' }).first().click();
    await dialog.getByLabel('Dạng câu').selectOption({ label: 'chọn một phương án' });
    const free = dialog
      .getByRole('listitem')
      .filter({ hasNotText: 'đã có trong vòng' })
      .getByRole('checkbox');
    await expect(
      dialog.getByRole('listitem').filter({ hasText: 'chọn một phương án' }).first(),
    ).toBeVisible();
    await expect(dialog.getByRole('listitem').filter({ hasText: 'đúng hay sai' })).toHaveCount(0);
    for (let i = 0; i < take; i++) await free.nth(i).check();
    if (take === 3) await scene.look(page, 'pick-items');
    await dialog.getByRole('button', { name: button }).click();
    await expect(dialog).toBeHidden();
  }
  await page.getByLabel('Thời gian mỗi câu').fill(String(seconds));
  await page.getByLabel('Thời gian mỗi câu').blur();
  await expect(page.getByText('3 câu · 1 câu dự phòng · tối đa 30 điểm')).toBeVisible();
  await expect(page.getByRole('status').getByText('Đã lưu')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Thời gian mỗi câu')).toHaveValue(String(seconds));
  await scene.look(page, 'quiz-set-up');
}

/** One by one: a host, a secretary and a judge by an invitation, and a judge whose tablet is paired. */
export async function invitePeople(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Ban tổ chức, giám khảo');
  const invited = async (name: string, login: string, role: RegExp, picture?: string) => {
    await page.getByRole('button', { name: 'Mời thêm' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Họ và tên').fill(name);
    await dialog.getByLabel('Tên đăng nhập').fill(login);
    await dialog.getByRole('radio', { name: role }).check();
    if (picture) await scene.look(page, picture);
    await dialog.getByRole('button', { name: 'Mời', exact: true }).click();
    await expect(dialog.getByRole('heading', { name: `Lời mời cho ${name}` })).toBeVisible();
    const words = await dialog.getByLabel('Nội dung gửi').inputValue();
    await dialog.getByRole('button', { name: 'Đóng' }).last().click();
    await expect(dialog).toBeHidden();
    return words.match(/https?:\/\/\S+/)![0];
  };
  const accept = async (
    person: Page,
    name: string,
    link: string,
    picture?: string,
    home = 'Hội thi của tôi',
  ) => {
    await person.goto(link);
    await expect(person.getByRole('heading', { name: `Chào ${name}` })).toBeVisible();
    await person.getByLabel('Mật khẩu mới').fill('bốn mùa hoa ở quê mình');
    if (picture) await scene.look(person, picture);
    await person.getByRole('button', { name: 'Vào Hội Thi' }).click();
    await expect(person.getByRole('heading', { name: home })).toBeVisible();
  };

  scene.host = await scene.person('host', 'laptop');
  await accept(
    scene.host,
    'Trịnh Quang Huy',
    await invited('Trịnh Quang Huy', 'huytrinh', /^Điều hành/, 'invite'),
    'invitation',
  );
  scene.secretary = await scene.person('secretary', 'laptop');
  await accept(scene.secretary, 'Phạm Thu Hà', await invited('Phạm Thu Hà', 'phamha', /^Thư ký/));

  const first = await scene.person('judge 1', 'tablet');
  const judge = await invited('Trần Văn Đức', 'tranduc', /^Giám khảo/);
  await accept(first, 'Trần Văn Đức', judge, undefined, 'Phần thi tôi chấm');

  await invited('Nguyễn Thanh Bình', 'thanhbinh', /^Giám khảo/);
  const row = page.getByRole('row', { name: /Nguyễn Thanh Bình/ });
  await row.getByRole('button', { name: 'Ghép máy' }).click();
  const code = page.getByRole('dialog').getByRole('img', { name: /Mã QR/ });
  const link = (await code.getAttribute('alt'))!.match(/https?:\/\/\S+/)![0];
  await scene.look(page, 'pair-tablet');
  const second = await scene.person('judge 2', 'tablet');
  await second.goto(link);
  await expect(second.getByRole('heading', { name: 'Ghép máy cho Nguyễn Thanh Bình' })).toBeVisible();
  await scene.look(second, 'judge-pairing');
  await second.getByRole('button', { name: 'Ghép máy này' }).click();
  scene.judges = [first, second];
  for (const judge of scene.judges) {
    await expect(judge.getByRole('heading', { name: 'Phần thi tôi chấm' })).toBeVisible();
    await expect(judge.getByText('Bạn chưa ở trong ban giám khảo nào')).toBeVisible();
  }
  await confirm(page, 'Xong');
  await expect(row.getByText('Đang đăng nhập')).toBeVisible();
  await scene.look(page, 'people');
}

/** The rubric of the greeting as this contest wants it, and its panel. */
export async function prepareJudging(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Chấm điểm');
  await page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: greeting }) })
    .getByRole('link', { name: 'Cài đặt phần thi' })
    .click();
  await page.getByLabel('Tiêu chí').nth(2).fill('Phong cách, trang phục');
  await page.getByRole('button', { name: 'Lưu biểu điểm' }).click();
  await expect(page.getByText('Đã lưu biểu điểm')).toBeVisible();
  await expect(page.getByText('Một phiếu tối đa 20').first()).toBeVisible();
  for (const name of ['Trần Văn Đức', 'Nguyễn Thanh Bình'])
    await page.getByRole('checkbox', { name }).click();
  await page
    .getByRole('radio', { name: /Trưởng ban/ })
    .first()
    .check();
  await page.getByRole('button', { name: 'Lưu ban giám khảo' }).click();
  await expect(page.getByText('Đã lưu ban giám khảo')).toBeVisible();
  await scene.look(page, 'judging-set-up', { whole: true });
}

/** The next step in the contest's life, from its first page. */
export async function advance(scene: Scene, act: string, state: string): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Tổng quan');
  await page.getByRole('button', { name: act }).click();
  await confirm(page, act);
  await expect(page.getByText(`Hội thi đã chuyển sang: ${state}`)).toBeVisible();
}
