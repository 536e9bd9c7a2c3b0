// The bank: a file of an office, the same one once more, and questions that are written here.
import { expect } from '@playwright/test';
import type { Scene } from '../scene';
import { go } from '../setup';
import { samples } from './prepare';

const saved = 'Đã thêm câu hỏi';

/** What is known already is not stored again. */
export async function importFile(scene: Scene): Promise<void> {
  const page = scene.organizer;
  const bank = `${scene.contest}/bank`;
  const confirm = page.getByRole('button', { name: /^Nhập \d+ câu$/ });
  const send = async (file: string) => {
    await page.goto(`${bank}/import`);
    await page.locator('input[type=file]').setInputFiles(`${samples}${file}`);
    await expect(page.getByRole('heading', { level: 1, name: file })).toBeVisible();
  };
  const file = 'cau-hoi-mau.docx';
  await send(file);
  const count = Number((await confirm.textContent())!.match(/\d+/)![0]);
  expect(count).toBeGreaterThanOrEqual(80);
  await confirm.click();
  await expect(page.getByText(`${count} câu đang dùng`)).toBeVisible();
  await send(file);
  await expect(page.getByRole('tab', { name: `Đã có ${count}` })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Nhập 0 câu' })).toBeDisabled();
  await page.getByRole('button', { name: 'Bỏ tệp này' }).click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await dialog.getByRole('button', { name: 'Bỏ tệp này' }).click();
  await expect(dialog).toBeHidden();
}

/** One question of statements and one of an order, with what the contestant will see beside them. */
export async function write(scene: Scene): Promise<void> {
  const page = scene.organizer;
  const preview = page.getByRole('complementary', { name: 'Xem trước' });
  await go(page, 'Câu hỏi');
  await page.getByRole('link', { name: 'Thêm câu hỏi' }).first().click();
  await page.getByLabel('Loại câu hỏi').selectOption({ label: 'Đúng/Sai từng ý' });
  await page.getByLabel('Nội dung câu hỏi').fill('Về tiếp nhận hồ sơ tại bộ phận một cửa:');
  const statements: [string, boolean][] = [
    ['Hồ sơ được hẹn ngày trả kết quả.', true],
    ['Người dân phải nộp lại giấy tờ mà cơ quan đã có.', false],
    ['Có thể nộp hồ sơ trực tuyến.', true],
    ['Trễ hẹn không cần xin lỗi.', false],
  ];
  for (const [index, [text, truth]] of statements.entries()) {
    const letter = 'abcd'[index]!;
    await page.getByLabel(`Ý ${letter}`, { exact: true }).fill(text);
    await page
      .getByRole('radiogroup', { name: `Ý ${letter} đúng hay sai` })
      .getByText(truth ? 'Đúng' : 'Sai', { exact: true })
      .click();
  }
  await expect(preview.getByText(statements[0]![0])).toBeVisible();
  await scene.look(page, 'editor-statements', { whole: true });
  await page.getByRole('button', { name: 'Lưu câu hỏi' }).click();
  await expect(page.getByText(saved).first()).toBeVisible();

  await go(page, 'Câu hỏi');
  await page.getByRole('link', { name: 'Thêm câu hỏi' }).first().click();
  await page.getByLabel('Loại câu hỏi').selectOption({ label: 'Sắp xếp thứ tự' });
  await page.getByLabel('Nội dung câu hỏi').fill('Xếp các bước làm một thủ tục hành chính theo thứ tự:');
  const steps = ['Nộp hồ sơ', 'Nhận giấy hẹn', 'Thẩm định', 'Nhận kết quả'];
  for (const [index, step] of steps.entries()) {
    const line = page.getByLabel(`Mục thứ ${index + 1}`, { exact: true });
    if ((await line.count()) === 0) await page.getByRole('button', { name: 'Thêm mục' }).click();
    await line.fill(step);
  }
  for (const step of steps) await expect(preview.getByText(step, { exact: true }).first()).toBeVisible();
  await scene.look(page, 'editor-order', { whole: true });
  await page.getByRole('button', { name: 'Lưu câu hỏi' }).click();
  await expect(page.getByText(saved).first()).toBeVisible();
  // Found among all the others, typed without marks.
  await go(page, 'Câu hỏi');
  await page.getByRole('searchbox', { name: 'Tìm câu hỏi' }).fill('xep cac buoc lam mot thu tuc');
  await expect(page.getByText('Xếp các bước làm một thủ tục hành chính')).toBeVisible();
  await expect(page.getByText('Về tiếp nhận hồ sơ tại bộ phận một cửa')).toHaveCount(0);
}
