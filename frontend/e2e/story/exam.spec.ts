// An online exam on a phone: the rules, a reload, minutes without network, another device, the end by the person and the
// end by the clock. What was saved is there whatever happens.
import { expect, test, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { setUpExam, type ExamSetUp } from './exam';
import { Scene } from './scene';
import { Server } from './server';

const pictures = fileURLToPath(new URL('../../screenshots/exam/', import.meta.url));
let scene: Scene;
let made: ExamSetUp;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  scene = new Scene(browser, await Server.start(), pictures);
  const page = (scene.organizer = await scene.person('organizer', 'laptop'));
  const [, link] = await scene.server.find(/Quản trị viên đầu tiên[^]*?(https?:\/\/\S+)/);
  await page.goto(link!);
  await page.getByLabel('Họ và tên').fill('Phan Thị Hòa');
  await page.getByLabel('Tên đăng nhập').fill('phanhoa');
  await page.getByLabel('Mật khẩu mới').fill('sông Lam chảy qua quê mình');
  await page.getByRole('button', { name: 'Vào Hội Thi' }).click();
  await expect(page.getByRole('heading', { name: 'Tất cả hội thi' })).toBeVisible();
  made = await setUpExam(page, [
    ['Nguyễn Thị Hoài An', 0],
    ['Trần Văn Bình', 1],
  ]);
});

test.afterAll(async () => {
  await scene?.end();
  await scene?.server.stop();
});

/** Comes in with number and code, and opens the exam from the contest's page. */
async function enter(name: string, index: number): Promise<Page> {
  const page = await scene.person(name, 'small');
  const [number, code] = made.codes[index]!;
  await page.goto(`/contestant?c=${made.slug}`);
  await page.getByLabel('Số báo danh').fill(number!);
  await page.getByLabel('Mã dự thi').fill(code!);
  await page.getByRole('button', { name: 'Vào', exact: true }).click();
  await page.locator(`a[href="/contestant/exams/${made.round}"]`).first().click();
  return page;
}

const begin = async (page: Page) => {
  await page.getByRole('button', { name: 'Bắt đầu làm bài' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Bắt đầu làm bài' }).click();
  await expect(page.getByText('Câu 1 / 20')).toBeVisible();
};
const choose = (page: Page, at: number) => page.getByRole('radio').nth(at).click();
const state = (page: Page, words: RegExp) =>
  expect(page.getByRole('status').filter({ hasText: words }).first()).toBeVisible({ timeout: 60_000 });
const next = (page: Page) => page.getByRole('button', { name: 'Câu tiếp' }).click();
const chosen = (page: Page) => page.getByRole('radio', { checked: true });

test('takes the exam through a reload, a dead network and another device', async () => {
  test.setTimeout(180_000);
  const page = await enter('contestant', 0);
  await expect(page.getByText('Có cuộc gọi cứ nghe')).toBeVisible();
  await scene.look(page, 'lobby', { dark: true, whole: true });
  await begin(page);
  await choose(page, 1);
  await state(page, /^Đã lưu/);
  await scene.look(page, 'saved', { dark: true });
  const words = await chosen(page).textContent();

  // A reload brings the same item back with its answer.
  await page.reload();
  await expect(chosen(page)).toHaveCount(1);
  expect(await chosen(page).textContent()).toContain(words!.replace('Đã lưu', '').trim());

  // Without a network one goes on; what waits is sent in the end.
  await next(page);
  await page.context().setOffline(true);
  await choose(page, 2);
  await state(page, /Mất mạng: câu trả lời còn trên máy|Đang gửi/);
  await next(page);
  await choose(page, 0);
  await expect(page.getByText('Câu 3 / 20')).toBeVisible();
  await page.getByRole('button', { name: 'Xem lại sau' }).click();
  await state(page, /Mất mạng: câu trả lời còn trên máy/);
  await scene.look(page, 'no-network');
  await page.context().setOffline(false);
  await state(page, /^Đã lưu/);

  // Another device needs this one's word; then it has every answer.
  const other = await enter('other device', 0);
  await expect(other.getByRole('heading', { name: 'Đang làm bài trên máy khác' })).toBeVisible();
  await scene.look(other, 'other-device');
  await page.getByRole('button', { name: 'Khác' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Chuyển máy' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Chuyển máy' }).click();
  await expect(page.getByText(/Đã cho chuyển máy/)).toBeVisible();
  await other.getByRole('button', { name: 'Thi tiếp trên máy này' }).click();
  await expect(other.getByText('Đã trả lời 3 / 20')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Máy khác đã nhận làm tiếp' })).toBeVisible();

  // The overview leads to the guess; then it is submitted.
  await other.getByRole('button', { name: 'Danh sách câu' }).click();
  await scene.look(other, 'overview');
  await other
    .getByRole('dialog')
    .getByRole('button', { name: /^Câu Dự đoán/ })
    .click();
  await other.getByRole('textbox').fill('1.250');
  await state(other, /^Đã lưu/);
  await other.getByRole('button', { name: 'Nộp bài' }).click();
  await expect(other.getByText(/Còn 17 câu chưa trả lời/)).toBeVisible();
  await other.getByRole('dialog').getByRole('button', { name: 'Nộp bài' }).click();
  await expect(other.getByRole('heading', { name: 'Đã nộp bài' })).toBeVisible();
  await expect(other.getByText('3 câu đã lưu được tính')).toBeVisible();
  await scene.look(other, 'submitted');
  await other.getByRole('button', { name: 'Về trang vòng thi' }).click();
  await expect(other.getByText('Đã dùng hết số lượt')).toBeVisible();
});

test('enters by an account of their own, and comes back on another device by it alone', async () => {
  test.setTimeout(120_000);
  const password = 'cây đa bến nước sân đình';
  const page = await scene.person('newcomer', 'small');
  await page.goto(`/audience/${made.slug}`);
  await page.getByRole('link', { name: 'Vào thi bằng tài khoản' }).click();
  await page.getByRole('link', { name: 'Tạo tài khoản' }).click();
  await page.getByLabel('Họ và tên').fill('Lê Thị Cẩm');
  await page.getByLabel('Tên đăng nhập').fill('camle');
  await page.getByLabel('Mật khẩu').first().fill(password);
  await scene.look(page, 'sign-up', { dark: true });
  await page.getByRole('button', { name: 'Tạo tài khoản' }).click();
  await expect(page.getByText('Đang đăng nhập: Lê Thị Cẩm')).toBeVisible();
  await expect(page.getByLabel('Họ và tên')).toHaveValue('Lê Thị Cẩm');
  await page.getByLabel('Bảng thi').selectOption({ label: 'Cán bộ, công chức' });
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Vào thi' }).click();
  await expect(page.getByRole('heading', { name: 'Bạn đã vào' })).toBeVisible();
  await page.getByRole('link', { name: 'Tiếp tục' }).click();
  await expect(page.getByRole('heading', { name: 'Lê Thị Cẩm' })).toBeVisible();
  await page.getByRole('button', { name: 'Không phải bạn?' }).click();
  await page.getByRole('button', { name: 'Thoát' }).click();
  await expect(page.getByLabel('Mã dự thi')).toBeVisible();

  const other = await scene.person('newcomer elsewhere', 'small');
  await other.goto('/sign-in');
  await other.getByLabel('Tên đăng nhập').fill('camle');
  await other.getByLabel('Mật khẩu').first().fill(password);
  await other.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(other.getByRole('heading', { name: 'Hội thi của tôi' })).toBeVisible();
  await scene.look(other, 'my-contests', { dark: true });
  await other.getByRole('button', { name: 'Vào thi' }).click();
  await expect(other).toHaveURL(new RegExp(`/contestant/exams/${made.round}$`));
  await begin(other);
});

test('submits what is saved when the time is up', async () => {
  test.setTimeout(150_000);
  const page = await enter('late', 1);
  await begin(page);
  await choose(page, 0);
  await state(page, /^Đã lưu/);
  await expect(page.getByRole('heading', { name: 'Hết giờ: đã nộp các câu đã lưu' })).toBeVisible({
    timeout: 90_000,
  });
  await expect(page.getByText('1 câu đã lưu được tính')).toBeVisible();
  await scene.look(page, 'deadline');
  expect(scene.problems).toEqual([]);
  expect(scene.server.errors()).toEqual([]);
});
