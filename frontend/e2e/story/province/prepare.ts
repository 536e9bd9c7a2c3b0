// Before the registration: the tree of units, the contest with its blocks, targets and rules, and the leaders.
import { expect, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import type { Scene } from '../scene';
import { go } from '../setup';

export const samples = fileURLToPath(new URL('../../../../docs/samples/', import.meta.url));
export const name = 'Tìm hiểu cải cách hành chính tỉnh Lam Giang';
export const units = ['Phường Bình Sơn', 'Phường Cửa Lam', 'Phường Hải Châu'] as const;
/** How many may enter; the next one waits. */
export const places = 9;

/** The tree as it was and as it is: two files, and two days to look at. */
export async function importTree(scene: Scene): Promise<void> {
  const page = (scene.organizer = await scene.person('administrator', 'laptop'));
  const [, link] = await scene.server.find(/Quản trị viên đầu tiên[^]*?(https?:\/\/\S+)/);
  await page.goto(link!);
  await page.getByLabel('Họ và tên').fill('Phan Thị Hòa');
  await page.getByLabel('Tên đăng nhập').fill('phanhoa');
  await page.getByLabel('Mật khẩu mới').fill('sông Lam chảy qua quê mình');
  await page.getByRole('button', { name: 'Vào Hội Thi' }).click();
  await page.getByRole('link', { name: 'Đơn vị', exact: true }).first().click();
  await expect(page.getByText('Chưa có đơn vị nào')).toBeVisible();
  await scene.look(page, 'units-empty');
  for (const file of ['don-vi-truoc-7-2025.xlsx', 'don-vi-mau.xlsx']) {
    await page.goto('/organizer/units/import');
    await page.locator('input[type=file]').setInputFiles(`${samples}${file}`);
    const take = page.getByRole('button', { name: /^Nhập [\d.]+ dòng$/ });
    await expect(take).toBeEnabled();
    if (file === 'don-vi-mau.xlsx') await scene.look(page, 'units-preview');
    await take.click();
    await expect(page.getByText(/^Đã nhập [\d.]+ dòng\.$/)).toBeVisible();
  }
  await page.getByRole('link', { name: 'Xem các đơn vị' }).click();
  const tree = page.getByRole('tree', { name: 'Cây đơn vị' });
  const line = (words: RegExp) => tree.getByRole('treeitem', { name: words });
  await tree.focus();
  await page.keyboard.press('Home');
  await expect(line(/^Tỉnh Lam Giang/)).toBeVisible();
  if ((await line(/^Tỉnh Lam Giang/).getAttribute('aria-expanded')) === 'false')
    await page.keyboard.press('ArrowRight');
  // Communes stand beneath the province now; districts did before July 2025.
  await expect(line(/^Phường Bình Sơn/)).toBeVisible();
  await expect(line(/^Huyện Mường Khê/)).toHaveCount(0);
  await page.getByLabel('Tại ngày').fill('30/06/2025');
  await expect(page.getByText('Cây đơn vị đúng như ngày 30/06/2025.')).toBeVisible();
  await expect(line(/^Huyện Mường Khê/)).toBeVisible();
  await expect(line(/^Phường Bình Sơn/)).toHaveCount(0);
  await scene.look(page, 'units-before');
}

/** A contest for persons from a template. */
export async function createContest(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await page.goto('/organizer/contests/new');
  await page.getByRole('radio', { name: /Đêm thi kiến thức/ }).check();
  await page.getByLabel(/Tên hội thi/).fill(name);
  await page.getByLabel(/Đơn vị tổ chức/).fill('Tỉnh Đoàn Lam Giang');
  await page.getByLabel(/Ngày giờ thi: ngày/).fill('20/03/2027');
  await page.getByLabel(/Ngày giờ thi: giờ/).fill('19:30');
  await expect(page.getByRole('radio', { name: 'Cá nhân', exact: true })).toBeChecked();
  await page.getByRole('button', { name: 'Tạo hội thi' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  scene.contest = new URL(page.url()).pathname;
  const address = await page
    .getByText(/\/audience\/[\w-]+$/)
    .first()
    .textContent();
  scene.slug = address!.match(/audience\/([\w-]+)/)![1]!;
}

/** Every commune of the province is invited; they stand in one block with a target each, one of them with its own. */
export async function plan(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Đơn vị');
  await expect(page.getByText('Chưa có đơn vị nào')).toBeVisible();
  await page.getByRole('button', { name: 'Thêm đơn vị' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Các đơn vị dưới' }).fill('tinh lam');
  await dialog.getByRole('option', { name: /Tỉnh Lam Giang/ }).click();
  await dialog.getByRole('checkbox', { name: 'Xã, phường' }).check();
  await scene.look(page, 'plan-invite');
  await dialog.getByRole('button', { name: 'Thêm đơn vị' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^60 đơn vị, theo cây đơn vị ngày/)).toBeVisible();

  await page.getByRole('button', { name: 'Khối và tệp' }).click();
  await page.getByRole('menuitem', { name: 'Các khối' }).click();
  await expect(dialog.getByLabel('Khối 1')).toHaveValue('Khối xã, phường');
  await dialog.getByRole('button', { name: 'Bỏ khối Khối trường học' }).click();
  await dialog.getByRole('button', { name: 'Lưu' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('checkbox', { name: 'Chọn cả 60 đơn vị' }).check();
  await page.getByRole('button', { name: 'Đặt cho 60 đơn vị' }).click();
  await dialog.getByLabel('Khối', { exact: true }).selectOption({ label: 'Khối xã, phường' });
  await dialog.getByLabel('Chỉ tiêu').fill('4');
  await dialog.getByRole('checkbox', { name: /Xác nhận quân số/ }).check();
  await dialog.getByRole('button', { name: 'Lưu' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Sửa chỉ tiêu' }).click();
  await page.getByLabel(`Chỉ tiêu: ${units[0]}`).fill('8');
  await scene.look(page, 'plan-edit');
  await page.getByRole('region', { name: 'Sửa chỉ tiêu' }).getByRole('button', { name: 'Lưu' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: units[0] })).toContainText('8');
}

/** An own field, an age, a quota with a waiting list that moves up by itself. */
export async function rules(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Thí sinh');
  await page.getByRole('link', { name: 'Điều kiện đăng ký' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Điều kiện đăng ký' })).toBeVisible();
  const birth = page.getByRole('listitem').filter({ hasText: 'Ngày sinh' }).first();
  await birth.getByRole('checkbox', { name: 'Hỏi' }).check();
  await birth.getByRole('checkbox', { name: 'Bắt buộc' }).check();
  const post = page.getByRole('listitem').filter({ hasText: 'Chức vụ, công việc' }).first();
  await post.getByRole('checkbox', { name: 'Hỏi' }).check();
  await page.getByRole('button', { name: 'Thêm mục riêng' }).click();
  await page.getByLabel('Tên mục').fill('Cỡ áo');
  await page.getByLabel('Kiểu', { exact: true }).selectOption({ label: 'Chọn một' });
  await page.getByLabel('Các lựa chọn, mỗi dòng một').fill('S\nM\nL\nXL');
  await page.getByLabel('Các lựa chọn, mỗi dòng một').blur();
  const own = page.getByRole('listitem').filter({ has: page.getByLabel('Tên mục') });
  await own.getByRole('checkbox', { name: 'Bắt buộc' }).check();
  await page.getByLabel('Cả hội thi').fill(String(places));
  await page.getByRole('switch', { name: /Khi hết suất thì xếp vào danh sách chờ/ }).check();
  await page.getByRole('switch', { name: /Tự chuyển người chờ lên/ }).check();
  await page.getByLabel('Từ (tuổi)').fill('16');
  await page.getByLabel('Đến (tuổi)').fill('35');
  await scene.look(page, 'rules', { whole: true });
  await page.getByRole('button', { name: 'Lưu điều kiện' }).click();
  await expect(page.getByText('Đã lưu điều kiện đăng ký.')).toBeVisible();
}

/** Each of three units gets a leader, by a link that is sent to them. */
export async function inviteLeaders(scene: Scene): Promise<Page[]> {
  const page = scene.organizer;
  await go(page, 'Phụ trách đơn vị');
  const who = ['Đặng Văn Khoa', 'Hồ Thị Ngân', 'Lương Minh Tú'];
  const links: string[] = [];
  const dialog = page.getByRole('dialog');
  for (const [index, unit] of units.entries()) {
    await page.getByRole('searchbox', { name: 'Tìm đơn vị, người phụ trách' }).fill(unit);
    await page.getByRole('row', { name: unit }).getByRole('button', { name: 'Mời' }).click();
    await expect(dialog.getByRole('heading', { name: `Mời người phụ trách ${unit}` })).toBeVisible();
    await dialog.getByLabel('Họ và tên').fill(who[index]!);
    await dialog.getByLabel('Tên đăng nhập').fill(`0912 000 10${index}`);
    await dialog.getByRole('button', { name: 'Mời', exact: true }).click();
    await expect(dialog.getByRole('heading', { name: 'Liên kết mời' })).toBeVisible();
    links.push((await dialog.textContent())!.match(/https?:\/\/[^\s#]+#[\w-]+/)![0]);
    if (index === 0) await scene.look(page, 'leader-link');
    await dialog.getByRole('button', { name: 'Đóng' }).last().click();
    await expect(dialog).toBeHidden();
  }
  await page.getByRole('searchbox', { name: 'Tìm đơn vị, người phụ trách' }).fill('');
  await expect(page.getByText('3 / 60 đơn vị đã có người phụ trách')).toBeVisible();
  await scene.look(page, 'leaders');
  const leaders: Page[] = [];
  for (const [index, link] of links.entries()) {
    const leader = await scene.person(`leader ${index + 1}`, index === 1 ? 'small' : 'laptop');
    await leader.goto(link);
    await expect(leader.getByRole('heading', { name: `Chào ${who[index]}` })).toBeVisible();
    await leader.getByLabel('Mật khẩu mới').fill('đồng xanh bên bờ sông Lam');
    await leader.getByRole('button', { name: 'Vào Hội Thi' }).click();
    await leader.getByRole('link', { name: new RegExp(name) }).click();
    await expect(leader.getByRole('heading', { level: 1, name: units[index] })).toBeVisible();
    leaders.push(leader);
  }
  return leaders;
}
