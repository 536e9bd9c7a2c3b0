// Teams register on their phones, the organizer lets them in and prints their cards, and they enter.
import { expect, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import type { Scene } from './scene';
import { go } from './setup';

const teams = ['Đội Hạc Thành xanh', 'Đội Hương cói Nga Sơn', 'Đội Vì Nhân dân phục vụ'];
const units = ['Phường Hạc Thành', 'Xã Nga Sơn', 'Phường Sầm Sơn'];
const people = ['Lê Minh Anh', 'Nguyễn Bảo Ngọc', 'Phạm Gia Hưng', 'Đỗ Thùy Linh', 'Vũ Quốc Khánh'];

/** On the public page, with the consents that are asked for. */
export async function register(scene: Scene): Promise<void> {
  for (const [index, team] of teams.entries()) {
    const phone = await scene.person(team, 'phone');
    await phone.goto(`/audience/${scene.slug}`);
    await expect(phone.getByText('Nhận đăng ký').first()).toBeVisible();
    if (index === 0) await scene.look(phone, 'public-page', { dark: true });
    await phone.getByRole('link', { name: 'Đăng ký dự thi' }).click();
    await phone.getByRole('textbox', { name: 'Tên đội' }).fill(team);
    await phone.getByRole('textbox', { name: /^Đơn vị/ }).fill(units[index]!);
    const members = phone.getByRole('textbox', { name: /^Thành viên \d+$/ });
    for (let i = 0; i < (await members.count()); i++) await members.nth(i).fill(people[i]!);
    await phone.getByLabel('Số điện thoại').fill('0912 345 678');
    // Nobody takes part without having said yes.
    const send = phone.getByRole('button', { name: 'Gửi đăng ký' });
    await expect(send).toBeDisabled();
    const consents = phone.getByRole('checkbox', { name: /bắt buộc/ });
    expect(await consents.count()).toBeGreaterThan(0);
    for (const consent of await consents.all()) await consent.check();
    if (index === 0) await scene.look(phone, 'registration', { whole: true });
    await send.click();
    await expect(phone.getByText('Chờ duyệt', { exact: true })).toBeVisible();
    if (index === 0) await scene.look(phone, 'registration-receipt');
    scene.contestants.push({ team, phone, number: '', receipt: phone.url() });
  }
}

/** The organizer approves all three and prints their cards. */
export async function approve(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Thí sinh');
  await page.getByRole('tab', { name: /^Chờ duyệt/ }).click();
  for (const team of teams) await expect(page.getByRole('checkbox', { name: `Chọn ${team}` })).toBeVisible();
  await scene.look(page, 'registrations');
  await page.getByRole('checkbox', { name: 'Chọn cả trang' }).check();
  await page.getByRole('button', { name: 'Duyệt 3 đăng ký' }).click();
  await expect(page.getByText(/Đã duyệt 3, số báo danh/)).toBeVisible();
  await page.getByRole('tab', { name: /^Dự thi/ }).click();
  for (const contestant of scene.contestants) {
    const row = page.getByRole('row', { name: new RegExp(contestant.team) });
    contestant.number = (await row.textContent())!.match(/\d{3}/)![0];
  }
  expect(new Set(scene.contestants.map((c) => c.number)).size).toBe(3);
  await scene.look(page, 'entries');

  await page.getByRole('button', { name: 'In thẻ dự thi' }).click();
  await scene.look(page, 'print-cards');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tạo tệp PDF' }).click();
  const pdf = await readFile(await (await download).path());
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(10_000);
  await expect(page.getByText('Đã tạo 3 thẻ.')).toBeVisible();
}

/** A new code for one who has lost the card: the dialog shows it once. */
export async function reissue(scene: Scene, team: string): Promise<{ code: string; link: string }> {
  const page = scene.organizer;
  await page.getByRole('button', { name: `Thao tác: ${team}` }).click();
  await page.getByRole('menuitem', { name: 'Cấp lại mã' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cấp lại mã' }).click();
  const qr = dialog.getByRole('img', { name: /Mã QR/ });
  const link = (await qr.getAttribute('alt'))!.match(/https?:\/\/\S+/)![0];
  const code = (await dialog.textContent())!.match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)![0];
  await dialog.getByRole('button', { name: 'Đóng' }).last().click();
  await expect(dialog).toBeHidden();
  return { code, link };
}

async function inside(phone: Page, team: string): Promise<void> {
  await expect(phone.getByRole('heading', { name: team })).toBeVisible();
  await expect(phone.getByText('Bạn đã vào.')).toBeVisible();
}

/** One enters from the receipt, one with number and code, one by the link of the card. */
export async function enter(scene: Scene): Promise<void> {
  const [first, second, third] = scene.contestants as [
    (typeof scene.contestants)[0],
    (typeof scene.contestants)[0],
    (typeof scene.contestants)[0],
  ];
  await first.phone.reload();
  await expect(first.phone.getByText('Đã duyệt', { exact: true })).toBeVisible();
  await scene.look(first.phone, 'registration-approved');
  await first.phone.getByRole('link', { name: 'Vào thi' }).click();
  await inside(first.phone, first.team);
  await scene.look(first.phone, 'contestant-inside', { dark: true });

  const { code } = await reissue(scene, second.team);
  await second.phone.goto('/contestant');
  await second.phone.getByLabel('Số báo danh').fill(second.number);
  await second.phone.getByLabel('Mã dự thi').fill('AAAA-2222');
  await second.phone.getByRole('button', { name: 'Vào', exact: true }).click();
  await expect(second.phone.getByRole('alert').first()).toBeVisible();
  await scene.look(second.phone, 'contestant-wrong-code');
  await second.phone.getByLabel('Mã dự thi').fill(code);
  await second.phone.getByRole('button', { name: 'Vào', exact: true }).click();
  await inside(second.phone, second.team);

  const { link } = await reissue(scene, third.team);
  await third.phone.goto(link);
  await inside(third.phone, third.team);
  expect(new URL(third.phone.url()).hash, 'the secret stays in the address').toBe('');
}
