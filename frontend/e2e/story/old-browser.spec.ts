// The floor, on the real server: contestant, judge and audience on a real Chromium 92. The contestant answers an item.
import { expect, test, type Page as ModernPage } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { oldChromium } from '../../scripts/old-chromium.mjs';
import { cue } from './quiz';
import { Server } from './server';

let server: Server;
let old: Browser;
const problems: string[] = [];

test.beforeAll(async () => {
  server = await Server.start({ demo: true });
  const { executablePath, libraries } = await oldChromium();
  old = await puppeteer.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env: { ...process.env, LD_LIBRARY_PATH: libraries } as NodeJS.ProcessEnv,
  });
});

test.afterAll(async () => {
  await old?.close();
  await server?.stop();
});

/** A person with cookies of their own on Chromium 92. */
async function visitor(name: string, width: number, height: number): Promise<Page> {
  const context = await old.createIncognitoBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
  return page;
}

/** Waits until the page says something. */
async function says(page: Page, words: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.body.innerText), { timeout: 30_000 }).toContain(words);
}

/** Clicks the first button or link of a name. */
async function press(page: Page, name: string): Promise<void> {
  const find = (wanted: string) =>
    [...document.querySelectorAll<HTMLElement>('button, a')].find(
      (e) => (e.getAttribute('aria-label') ?? e.innerText).includes(wanted) && !e.matches(':disabled'),
    );
  const target = await page.waitForFunction(find, { timeout: 20_000 }, name);
  await target.asElement()!.click();
}

async function signIn(page: Page | ModernPage, login: string, password: string): Promise<void> {
  await page.goto(`${server.address}/sign-in`);
  await page.waitForSelector('input[name=password]');
  await page.type('input[name=login]', login);
  await page.type('input[name=password]', password);
  await page.click('button[type=submit]');
}

test('contestant, judge and audience work on Chromium 92', async ({ browser }) => {
  test.setTimeout(180_000);
  expect(await old.version()).toContain('/92.');
  const contestant = await visitor('contestant', 390, 844);
  const judge = await visitor('judge', 1024, 768);
  const phone = await visitor('audience', 390, 844);
  const hall = await visitor('projector', 1280, 720);

  const [, link] = await server.find(/contestant\s+(https?:\/\/\S+)/);
  await contestant.goto(link!);
  await says(contestant, 'Bạn đã vào.');
  const [, login, password] = await server.find(/judge\s+https?:\/\/\S+\s+(\S+) \/ (\S+)/);
  await signIn(judge, login!, password!);
  await says(judge, 'Phần thi tôi chấm');
  const [, address] = await server.find(/audience\s+(https?:\/\/\S+)/);
  await phone.goto(address!);
  await says(phone, 'Thanh niên với cải cách hành chính');
  await hall.goto(`${address}/projector`);
  await says(hall, 'Theo dõi trên điện thoại');

  // The host is not bound to the floor.
  const context = await browser.newContext({ baseURL: server.address, locale: 'vi-VN' });
  const host = await context.newPage();
  const [, who, secret] = await server.find(/organizer\s+https?:\/\/\S+\s+(\S+) \/ (\S+)/);
  await signIn(host, who!, secret!);
  await host.getByRole('link', { name: /Thanh niên với cải cách hành chính/ }).click();
  const begin = host.getByRole('button', { name: 'Bắt đầu thi' });
  if (await begin.isVisible()) {
    await begin.click();
    await host.getByRole('dialog').getByRole('button', { name: 'Bắt đầu thi' }).click();
  }
  await host.getByRole('link', { name: 'Điều hành' }).first().click();
  await host.getByRole('link', { name: /^Kiến thức/ }).click();

  await press(contestant, 'Kiến thức');
  await says(contestant, 'Thiết bị này sẽ trả lời cho bạn');
  await cue(host, 'Bắt đầu vòng thi', 'Hiện câu đầu tiên');
  await cue(host, 'Hiện câu đầu tiên', 'Mở câu hỏi');
  await says(contestant, 'Đọc câu hỏi trước.');
  await cue(host, 'Mở câu hỏi', 'Khóa trả lời');
  await contestant.waitForSelector('[role=radio], [role=checkbox]');
  await contestant.click('[role=radio], [role=checkbox]');
  await says(contestant, 'Đã lưu');
  await expect(host.getByRole('complementary').filter({ hasText: 'đã trả lời' })).toContainText('1/');
  const stem = await contestant.$eval('.page h1', (e) => (e as HTMLElement).innerText.trim());
  await says(hall, stem);
  await phone.goto(`${address}/board`);
  await says(phone, 'Bảng điểm');

  // The judge opens a sheet; there is nothing on stage, and it says so.
  await press(judge, 'Chào hỏi');
  await says(judge, 'Tiết mục này chưa bắt đầu.');

  for (const page of [contestant, judge, phone, hall]) {
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, 'wider than the screen').toBe(0);
    expect(await page.$eval('#below-floor', (e) => (e as HTMLElement).hidden)).toBe(true);
  }
  expect(problems).toEqual([]);
  await context.close();
});
