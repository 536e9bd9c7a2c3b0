// Who registers: a leader from the unit's own spreadsheet, another one on the phone, and citizens by themselves.
import { expect, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import type { Scene } from '../scene';
import { units } from './prepare';
import { mended, workbook } from './sheet';

/** The people of the first unit; two rows of them can't be taken as they are. */
const good = ['Cao Thị Hạnh', 'Mai Văn Lợi', 'Trịnh Thu Nga', 'Vi Quốc Toản'];
const bad = ['Lò Thị Xuân', 'Quách Gia Bảo'];

/** As an office keeps it: title rows across the sheet, dates as text, telephones without their 0, own words. */
const list = workbook(
  [
    ['ĐOÀN TNCS HỒ CHÍ MINH PHƯỜNG BÌNH SƠN', '', '', '', '', ''],
    ['DANH SÁCH ĐOÀN VIÊN DỰ THI', '', '', '', '', ''],
    ['(Kèm theo Công văn số 12-CV/ĐTN ngày 04/01/2027)', '', '', '', '', ''],
    [],
    ['TT', 'HỌ VÀ TÊN', 'Ngày, tháng, năm sinh', 'Điện thoại liên hệ', 'Ghi chú', 'May đo'],
    [1, `${good[0]}`, '5/3/2001', 912345601, '', 'M'],
    [2, `  ${good[1]!.toUpperCase()} `, '12.11.1999', 912345602, 'Bí thư chi đoàn', 'L'],
    [3, `${good[2]}`, '05-08-2000', 912345603, 'Đoàn viên', 'S'],
    [4, `${good[3]}`, '21/7/1998', 912345604, '', 'XL'],
    [5, `${bad[0]}`, '31/02/1999', 912345605, '', 'S'],
    [6, `${bad[1]}`, '12/05/2015', 912345606, '', 'M'],
    ['Danh sách này có 06 đồng chí', '', '', '', '', ''],
  ],
  ['A1:F1', 'A2:F2', 'A3:F3'],
);
const sheet = (name: string, buffer: Buffer) => ({
  name,
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer,
});

/** A column is corrected, the good rows go in, the others come back mended, and nobody stands there twice. */
export async function bySpreadsheet(scene: Scene, leader: Page): Promise<void> {
  const file = leader.locator('input[type=file]');
  const columnOf = leader.getByLabel('Cột “Ghi chú” là');
  await leader.getByRole('link', { name: 'Nhập từ Excel' }).click();
  await scene.look(leader, 'leader-import');
  await file.setInputFiles(sheet('Danh sách Bình Sơn.xlsx', list));
  const editing = leader.getByRole('button', { name: 'Sửa cột' });
  await expect(editing.or(columnOf)).toBeVisible();
  if (await editing.isVisible()) await editing.click();
  // What is in a column tells what it is, whatever it is called.
  await expect(leader.getByLabel('Cột “May đo” là')).not.toHaveValue('ignored');
  await columnOf.selectOption({ label: 'Chức vụ, công việc' });
  await scene.look(leader, 'leader-columns', { whole: true });
  await leader.getByRole('button', { name: 'Đọc lại với các cột này' }).click();
  const accept = leader.getByRole('button', { name: 'Nhận 4 dòng tốt' });
  await expect(accept).toBeDisabled();
  await expect(leader.getByText('2 cần sửa', { exact: true })).toBeVisible();
  await scene.look(leader, 'leader-preview', { whole: true });
  await consent(leader);
  await accept.click();
  await expect(leader.getByText('Đã gửi 4 đăng ký, chờ Ban Tổ chức duyệt.')).toBeVisible();
  await scene.look(leader, 'leader-accepted');

  const download = leader.waitForEvent('download');
  await leader.getByRole('button', { name: /^Tải 2 dòng cần sửa/ }).click();
  const refused = await readFile(await (await download).path());
  await leader.getByRole('button', { name: 'Chọn tệp khác' }).click();
  const fixed = mended(refused, { '31/02/1999': '28/02/1999', '12/05/2015': '12/05/2005' });
  await file.setInputFiles(sheet('Dòng cần sửa.xlsx', fixed));
  await expect(leader.getByRole('button', { name: 'Nhận 2 dòng tốt' })).toBeVisible();
  if (!(await leader.getByRole('checkbox', { name: /^Đơn vị đang giữ phiếu/ }).isChecked()))
    await consent(leader);
  await leader.getByRole('button', { name: 'Nhận 2 dòng tốt' }).click();
  await expect(leader.getByText('Đã gửi 2 đăng ký, chờ Ban Tổ chức duyệt.')).toBeVisible();

  // The first file once more: all of its good rows are known.
  await leader.getByRole('button', { name: 'Chọn tệp khác' }).click();
  await file.setInputFiles(sheet('Danh sách Bình Sơn.xlsx', list));
  await expect(leader.getByText('4 đã có', { exact: true })).toBeVisible();
  await expect(leader.getByRole('button', { name: 'Không có dòng mới để nhận' })).toBeDisabled();
  await leader.getByRole('link', { name: 'Danh sách' }).first().click();
  for (const name of [...good, ...bad]) await expect(personOf(leader, name)).toHaveCount(1);
  await expect(leader.getByText('0912345601').or(leader.getByText('0912 345 601')).first()).toBeVisible();
  await scene.look(leader, 'leader-people');
}

/** As the file writes them: some offices write names in capitals. */
const personOf = (leader: Page, name: string) =>
  leader.getByRole('listitem').filter({ hasText: new RegExp(name, 'i') });

async function consent(leader: Page): Promise<void> {
  await leader.getByRole('checkbox', { name: /^Đơn vị đang giữ phiếu/ }).check();
  await leader
    .getByLabel(/Lấy đồng ý bằng cách nào/)
    .fill('Ký trên danh sách ngày 04/01/2027, lưu tại văn phòng Đoàn phường');
}

/** On a small phone; nobody of another unit is to be seen. */
export async function byForm(scene: Scene, leader: Page): Promise<void> {
  await scene.look(leader, 'leader-phone', { whole: true });
  await leader.getByRole('link', { name: 'Đăng ký thí sinh' }).click();
  const dialog = leader.getByRole('dialog');
  await dialog.getByLabel('Họ và tên').fill('Hà Thị Sen');
  await dialog.getByLabel('Ngày sinh').fill('15/09/2003');
  await dialog.getByLabel('Cỡ áo').selectOption({ label: 'M' });
  await dialog.getByLabel('Số điện thoại').fill('0987 654 321');
  const send = dialog.getByRole('button', { name: 'Gửi đăng ký' });
  await expect(send).toBeDisabled();
  await dialog.getByRole('checkbox', { name: /^Đơn vị đang giữ phiếu/ }).check();
  await dialog.getByLabel(/Lấy đồng ý bằng cách nào/).fill('Phiếu giấy, lưu tại văn phòng Đoàn phường');
  await scene.look(leader, 'leader-phone-form');
  await send.click();
  await expect(leader.getByText('Đã gửi đăng ký của Hà Thị Sen, chờ Ban Tổ chức duyệt.')).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(personOf(leader, 'Hà Thị Sen')).toBeVisible();
  for (const name of [...good, ...bad]) await expect(leader.getByText(name)).toHaveCount(0);
  await scene.look(leader, 'leader-phone-people');
}

export type Citizen = { name: string; page: Page; receipt: string };

/** On the public page; what is asked for is asked, and nothing is ticked beforehand. */
export async function asCitizen(
  scene: Scene,
  who: { name: string; born: string; unit: string; phone: string },
  state: string,
  pictured = false,
): Promise<Citizen> {
  const page = await scene.person(who.name, 'phone');
  await page.goto(`/audience/${scene.slug}`);
  await page.getByRole('link', { name: 'Đăng ký dự thi' }).click();
  await page.getByLabel('Họ và tên').fill(who.name);
  await page.getByLabel('Đơn vị', { exact: true }).selectOption({ label: who.unit });
  await page.getByLabel('Ngày sinh').fill(who.born);
  await page.getByLabel('Cỡ áo').selectOption({ label: 'L' });
  await page.getByLabel('Số điện thoại').fill(who.phone);
  const boxes = page.getByRole('main').getByRole('checkbox');
  await expect(boxes.first()).toBeVisible();
  for (const box of await boxes.all()) await expect(box).not.toBeChecked();
  if (pictured) await scene.look(page, 'citizen-form', { whole: true });
  const send = page.getByRole('button', { name: 'Gửi đăng ký' });
  await expect(send).toBeDisabled();
  for (const box of await page.getByRole('checkbox', { name: /bắt buộc/ }).all()) await box.check();
  await send.click();
  await expect(page.getByText(state, { exact: true }).first()).toBeVisible();
  if (pictured) await scene.look(page, 'citizen-receipt', { whole: true });
  return { name: who.name, page, receipt: page.url() };
}

/** What the contest holds of them: seen, taken along, and asked to be corrected. */
export async function ownData(scene: Scene, { page, name, receipt }: Citizen): Promise<void> {
  await page.getByRole('link', { name: 'Dữ liệu của tôi' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dữ liệu của tôi' })).toBeVisible();
  await expect(page.getByText(name).first()).toBeVisible();
  await scene.look(page, 'own-data', { whole: true });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tải bản JSON' }).click();
  const data = await readFile(await (await download).path(), 'utf8');
  expect(JSON.stringify(JSON.parse(data))).toContain(name);
  await page.getByRole('button', { name: 'Gửi yêu cầu' }).click();
  await page.getByRole('radio', { name: 'Sửa thông tin sai' }).check();
  await page.getByLabel('Ghi rõ chỗ sai và thông tin đúng').fill('Ngày sinh đúng là 20/10/1997.');
  await page.getByRole('button', { name: 'Gửi yêu cầu' }).click();
  await expect(page.getByText('Đã gửi. Ban Tổ chức sẽ trả lời trên trang này.')).toBeVisible();
  await scene.look(page, 'own-request', { whole: true });
  await page.goto(receipt);
}

export async function citizens(scene: Scene): Promise<Citizen[]> {
  const first = await asCitizen(
    scene,
    { name: 'Bùi Đức Mạnh', born: '20/10/1996', unit: units[2], phone: '0901 222 333' },
    'Chờ duyệt',
    true,
  );
  await ownData(scene, first);
  // The same name and birthday as one whom the leader has registered.
  const twin = await asCitizen(
    scene,
    { name: good[0]!, born: '05/03/2001', unit: units[0], phone: '0901 222 444' },
    'Chờ duyệt',
  );
  // Every place is taken now.
  const late = await asCitizen(
    scene,
    { name: 'Phùng Ngọc Ánh', born: '02/02/2002', unit: units[2], phone: '0901 222 555' },
    'Danh sách chờ',
  );
  return [first, twin, late];
}

/** One gives the place back, and the first who waits has it. */
export async function withdraw(scene: Scene, [first, , late]: Citizen[]): Promise<void> {
  const { page } = first!;
  await page.getByRole('button', { name: 'Rút đăng ký' }).click();
  await page.getByRole('button', { name: 'Rút đăng ký' }).click();
  await expect(page.getByText('Đã rút', { exact: true }).first()).toBeVisible();
  await late!.page.getByRole('button', { name: 'Xem lại' }).click();
  await expect(late!.page.getByText('Chờ duyệt', { exact: true })).toBeVisible();
  await scene.look(late!.page, 'citizen-moved-up', { whole: true });
}
