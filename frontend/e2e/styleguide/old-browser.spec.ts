// The floor: the contestant's, judge's and audience's screens on a real Chromium 92, and without what Safari 14.1 lacks.
import { expect, test } from '@playwright/test';
import puppeteer, { type Browser } from 'puppeteer-core';
import { oldChromium } from '../../scripts/old-chromium.mjs';

let browser: Browser;

test.beforeAll(async () => {
  const { executablePath, libraries } = await oldChromium();
  browser = await puppeteer.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env: { ...process.env, LD_LIBRARY_PATH: libraries } as NodeJS.ProcessEnv,
  });
});

test.afterAll(() => browser.close());

for (const [path, width, height] of [
  ['/styleguide/contestant', 390, 844],
  ['/styleguide/judge', 1024, 768],
  ['/styleguide/projector', 1280, 720],
  ['/styleguide', 390, 844],
  ['/sign-in', 390, 844],
] as const) {
  for (const safari of [false, true]) {
    test(`${path} stands on ${safari ? 'a Chromium 92 without what Safari 14.1 lacks' : 'Chromium 92'}`, async ({
      baseURL,
    }) => {
      const page = await browser.newPage();
      await page.setViewport({ width, height });
      if (safari) {
        await page.evaluateOnNewDocument(() => {
          for (const name of ['at', 'findLast']) Reflect.deleteProperty(Array.prototype, name);
          Reflect.deleteProperty(String.prototype, 'at');
        });
      }
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(baseURL + path);
      await page.waitForSelector('main');
      await page.evaluate(() => document.fonts.load("16px 'Be Vietnam Pro'", 'Hội Thi'));
      const facts = await page.evaluate(() => ({
        notice: document.getElementById('below-floor')!.hidden,
        paper: getComputedStyle(document.body).backgroundColor,
        font: document.fonts.check("16px 'Be Vietnam Pro'"),
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      }));
      expect(facts).toEqual({ notice: true, paper: 'rgb(247, 246, 242)', font: true, overflow: 0 });
      expect(problems).toEqual([]);
      await page.close();
    });
  }
}

test('below the floor a plain page says so', async ({ baseURL }) => {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => Reflect.deleteProperty(window, 'WeakRef'));
  await page.goto(`${baseURL}/sign-in`);
  const shown = await page.evaluate(() => {
    const notice = document.getElementById('below-floor')!;
    return { hidden: notice.hidden, text: notice.innerText };
  });
  expect(shown.hidden).toBe(false);
  expect(shown.text).toContain('Trình duyệt này quá cũ');
  await page.close();
});
