// The organizer decides on what has been registered, follows the units, and reads afterwards who did what.
import { expect } from '@playwright/test';
import type { Scene } from '../scene';
import { go } from '../setup';
import { units } from './prepare';
import type { Citizen } from './register';

/** Two who look like one are seen side by side; one who waits is seen waiting. */
export async function seeDoubts(scene: Scene, [, twin, late]: Citizen[]): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Thí sinh');
  await page.getByRole('tab', { name: /^Danh sách chờ/ }).click();
  await expect(page.getByRole('button', { name: late!.name, exact: true })).toBeVisible();
  await scene.look(page, 'waiting-list');
  await page.getByRole('tab', { name: /^Nghi trùng/ }).click();
  await expect(page.getByText('Cùng họ tên và ngày sinh')).toBeVisible();
  await expect(page.getByText(twin!.name, { exact: true })).toHaveCount(2);
  await scene.look(page, 'duplicates');
}

/** One is rejected with a reason that is read where the registration is, all the others are approved at once. */
export async function approve(scene: Scene, [, twin, late]: Citizen[]): Promise<void> {
  const page = scene.organizer;
  await page.reload();
  await page.getByRole('tab', { name: /^Chờ duyệt/ }).click();
  const row = page.getByRole('listitem').filter({ hasText: twin!.name }).filter({ hasText: '0901' });
  await row.getByRole('button', { name: 'Từ chối' }).click();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  const reason = 'Đã có trong danh sách của Phường Bình Sơn';
  await dialog.getByRole('textbox', { name: 'Lý do' }).fill(reason);
  await scene.look(page, 'reject');
  await dialog.getByRole('button', { name: 'Từ chối', exact: true }).click();
  await expect(page.getByText('Đã từ chối 1 đăng ký.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Chọn cả trang' }).check();
  await scene.look(page, 'approve');
  await page.getByRole('button', { name: 'Duyệt 8 đăng ký' }).click();
  await expect(page.getByText(/Đã duyệt 8, số báo danh/)).toBeVisible();
  await page.getByRole('tab', { name: /^Dự thi/ }).click();
  await expect(page.getByRole('row', { name: new RegExp(late!.name) })).toBeVisible();
  await twin!.page.getByRole('button', { name: 'Xem lại' }).click();
  await expect(twin!.page.getByText('Bị từ chối', { exact: true }).first()).toBeVisible();
  await expect(twin!.page.getByText(reason).first()).toBeVisible();
}

/** Units that have registered nobody stand out, and the others say how far they are. */
export async function progress(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Tiến độ');
  await expect(page.getByRole('heading', { level: 1, name: 'Tiến độ đăng ký và dự thi' })).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(units[0]) })).toContainText(/75\s%/);
  await scene.look(page, 'progress');
  await page.getByRole('tab', { name: 'Chưa đăng ký 57' }).click();
  await expect(page.getByRole('row', { name: /Chưa đăng ký/ }).first()).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(units[0]) })).toHaveCount(0);
}

/** The record names every act in words. */
export async function audit(scene: Scene, acts: (string | RegExp)[]): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Nhật ký');
  await expect(page.getByText(/^Nhật ký nguyên vẹn/)).toBeVisible();
  for (const act of acts) await expect(page.getByText(act).first()).toBeVisible();
  // An act without words would show its bare name, such as "roster.approve".
  await expect(page.getByText(/^[a-z]+\.[a-z_]+$/)).toHaveCount(0);
  await scene.look(page, 'audit', { whole: true });
}
