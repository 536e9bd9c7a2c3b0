// A blueprint that the bank can fill, four variants of one paper, and the files that go to the printer.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import type { Scene } from '../scene';

/** From an empty matrix to the paper and its key, ready to be printed. */
export async function draw(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await page.goto(`${scene.contest}/bank/blueprints`);
  await expect(page.getByText('Chưa có ma trận đề')).toBeVisible();
  await page.getByRole('button', { name: 'Lập ma trận đề' }).first().click();
  await page.getByLabel('Tên ma trận đề').fill('Đề vòng kiến thức');
  const cell = page.getByLabel('Mọi chủ đề, Nhận biết: số câu');
  await expect(cell.or(page.getByText('Phần này chưa có dòng nào.')).first()).toBeVisible();
  if ((await cell.count()) === 0) await page.getByRole('button', { name: 'Thêm dòng', exact: true }).click();
  await page.getByRole('combobox', { name: 'Chủ đề' }).first().selectOption({ label: 'Mọi chủ đề' });
  // More than any bank of this story holds: it says so, and by how many.
  await cell.first().fill('900');
  await expect(page.getByText(/^Còn thiếu [\d.]+ câu$/)).toBeVisible();
  await scene.look(page, 'blueprint-lacking');
  await cell.first().fill('10');
  await expect(page.getByText('Đủ câu để bốc đề')).toBeVisible();
  await page.getByRole('button', { name: 'Bốc đề' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Mã đề' }).fill('101, 102, 103, 104');
  await scene.look(page, 'draw');
  await dialog.getByRole('button', { name: 'Bốc 4 mã đề' }).click();
  const variants = page.getByRole('group', { name: 'Các mã đề' });
  await expect(variants.getByRole('button')).toHaveText(['101', '102', '103', '104']);
  await scene.look(page, 'paper', { whole: true });
  for (const file of ['Đề, tất cả mã (PDF)', 'Đáp án (PDF)']) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tải về để in' }).click();
    await page.getByRole('menuitem', { name: file }).click();
    const pdf = await readFile(await (await download).path());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length, file).toBeGreaterThan(10_000);
  }
}
