// The keyboard alone is enough: dialogs keep the focus and give it back, menus and tabs follow the arrows, marks can be
// typed. What a person hears is checked by the roles that the locators ask for.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

test.beforeEach(async ({ page }) => {
  await page.route('**/api/session', (route) => route.fulfill({ json: { version: 'test' } }));
  await page.goto('/styleguide');
});

test('a dialog keeps the focus, is clean for axe, and gives the focus back', async ({ page }) => {
  const opener = page.getByRole('button', { name: 'Mở hộp thoại' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Mời giám khảo' });
  await expect(dialog).toBeVisible();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((d) => d.contains(document.activeElement))).toBe(true);
  }
  const found = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
  expect(found.violations.map((v) => v.id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('a refused act stays open and says why; the second try closes it', async ({ page }) => {
  await page.getByRole('button', { name: 'Hỏi trước khi làm' }).click();
  const dialog = page.getByRole('dialog', { name: 'Chốt kết quả?' });
  const confirm = dialog.getByRole('button', { name: 'Chốt kết quả' });
  await confirm.click();
  await expect(dialog.getByRole('alert')).toContainText('Còn 2 phiếu chưa chốt');
  await confirm.click();
  await expect(dialog).toBeHidden();
});

test('a menu follows the arrows', async ({ page }) => {
  await page.getByRole('button', { name: 'Thao tác khác' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Sao chép' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'In thẻ dự thi' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Thao tác khác' })).toBeFocused();
});

test('tabs follow the arrows and show their panel', async ({ page }) => {
  await page.getByRole('tab', { name: /Chờ duyệt/ }).focus();
  await page.keyboard.press('ArrowRight');
  const approved = page.getByRole('tab', { name: /Đã duyệt/ });
  await expect(approved).toBeFocused();
  await expect(approved).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('Chưa có thí sinh nào')).toBeVisible();
  await page.keyboard.press('Home');
  await expect(page.getByRole('cell', { name: 'Nguyễn Thị Hoài An' })).toBeVisible();
});

test('a mark is given by steps, by the slider and by the number pad', async ({ page }) => {
  const mark = page.getByRole('group', { name: 'Nội dung' });
  const slider = mark.getByRole('slider');
  await mark.getByRole('button', { name: /^Tăng/ }).click();
  await expect(slider).toHaveAttribute('aria-valuetext', '9,0 trên 10');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', '8,5 trên 10');
  await mark.getByRole('button', { name: 'Nhập điểm: Nội dung' }).click();
  const pad = page.getByRole('dialog', { name: 'Nội dung' });
  const enter = pad.getByRole('button', { name: 'Nhận điểm' });
  await page.keyboard.type('7,3');
  await expect(pad.getByText('Điểm cách nhau 0,5.')).toBeVisible();
  await expect(enter).toBeDisabled();
  await page.keyboard.press('Backspace');
  await page.keyboard.type('5');
  await enter.click();
  await expect(slider).toHaveAttribute('aria-valuetext', '7,5 trên 10');
});

test('a mark that is not given yet says so, and begins at one step', async ({ page }) => {
  const mark = page.getByRole('group', { name: 'Trang phục' });
  await expect(mark.getByRole('slider')).toHaveAttribute('aria-valuetext', 'Chưa chấm');
  await mark.getByRole('button', { name: /^Tăng/ }).click();
  await expect(mark.getByRole('slider')).toHaveAttribute('aria-valuetext', '0,5 trên 5');
});

test('a number keeps its comma and refuses nonsense', async ({ page }) => {
  const points = page.getByLabel('Điểm một câu');
  await points.fill('8,25');
  await points.blur();
  await expect(points).toHaveValue('8,25');
  await points.fill('tám');
  await points.blur();
  await expect(page.getByText('Hãy nhập một số, ví dụ 7,5.')).toBeVisible();
  await expect(points).toHaveAttribute('aria-invalid', 'true');
  await points.fill('11');
  await points.blur();
  await expect(page.getByText('Số này không được quá 10.')).toBeVisible();
});

test('the language changes everywhere and stays', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a wrong password says so in the words of the server', async ({ page }) => {
  await page.route('**/api/session/sign-in', (route) =>
    route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      json: { status: 401, code: 'wrong_password', detail: 'Tên hoặc mật khẩu chưa đúng.', fields: [] },
    }),
  );
  await page.goto('/sign-in?next=https://elsewhere.example/');
  await page.getByLabel('Tên đăng nhập').fill('trang');
  await page.getByLabel('Mật khẩu', { exact: true }).fill('không phải');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Tên hoặc mật khẩu chưa đúng.');
});

test('a day and an hour are typed as on paper', async ({ page }) => {
  const field = page.getByRole('group', { name: 'Mở đăng ký' });
  const day = field.getByRole('textbox', { name: 'Mở đăng ký: ngày' });
  const hour = field.getByRole('textbox', { name: 'Mở đăng ký: giờ' });
  await expect(day).toHaveValue('07/08/2026');
  await expect(hour).toHaveValue('14:30');
  await day.fill('1/9/2026');
  await hour.fill('8h');
  await hour.blur();
  await expect(day).toHaveValue('01/09/2026');
  await expect(hour).toHaveValue('08:00');
  await day.fill('31/9/2026');
  await day.blur();
  await expect(field.getByText(/Hãy nhập ngày và giờ/)).toBeVisible();
  await expect(day).toHaveAttribute('aria-invalid', 'true');
});
