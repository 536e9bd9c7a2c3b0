// Pictures of items come to phones before they are shown, sealed: when the item is shown nothing more is fetched, and
// the picture stands there at once. A phone on Chromium 92 and the hall's projector.
import { expect, test } from '@playwright/test';
import puppeteer, { type Browser } from 'puppeteer-core';
import { oldChromium } from '../../scripts/old-chromium.mjs';
import { cue } from './quiz';
import { devices, folder } from './scene';
import { Server } from './server';
import { mkdirSync } from 'node:fs';

let server: Server;
let old: Browser;

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

/** Runs in the organizer's page: two items with a picture each become the round's timeline. */
async function twoPictures({ contest, round }: { contest: number; round: number }): Promise<string[]> {
  const base = `/api/organizer/contests/${contest}`;
  const ask = async (method: string, path: string, body: unknown, type = 'application/json') => {
    const response = await fetch(base + path, {
      method,
      headers: { 'Content-Type': type },
      body: body instanceof Blob ? body : body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  const files: string[] = [];
  const items: { version_id: number }[] = [];
  for (const color of ['#b3261e', '#1e5bb3']) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 400];
    const pen = canvas.getContext('2d')!;
    pen.fillStyle = color;
    pen.fillRect(0, 0, 640, 400);
    for (let i = 0; i < 4000; i++) {
      pen.fillStyle = `hsl(${(i * 47) % 360} 70% 60%)`;
      pen.fillRect((i * 97) % 640, (i * 61) % 400, 9, 5);
    }
    const blob = await new Promise<Blob>((done) => canvas.toBlob((b) => done(b!), 'image/png'));
    const image = await ask('POST', '/bank/images', blob, 'application/octet-stream');
    files.push(image.file_id);
    const item = await ask('POST', '/bank/items', {
      content: {
        schema: 1,
        type: 'single',
        stem: `Hình ${color} chụp ở đâu?`,
        image: { ...image, alt: 'Một bức hình' },
        options: [
          { id: 'a', text: 'Hạc Thành', pinned: false },
          { id: 'b', text: 'Sầm Sơn', pinned: false },
        ],
        key: { options: ['b'], texts: [], ignore_marks: false, number: '', tolerance: '' },
        partial_credit: 'all_or_nothing',
        explanation: '',
        source: { act: '', article: '', note: '' },
        topic: '',
        difficulty: 'recognition',
      },
    });
    items.push({ version_id: item.version_id });
  }
  const path = `/rounds/${round}/stage`;
  const setup = await ask('GET', path, undefined);
  await ask('PUT', `${path}/items`, { version: setup.version, items });
  return files;
}

test('pictures are there before they are shown', async ({ browser }) => {
  test.setTimeout(180_000);
  mkdirSync(folder, { recursive: true });
  const context = await browser.newContext({ baseURL: server.address, locale: 'vi-VN' });
  const host = await context.newPage();
  const [, who, secret] = await server.find(/organizer\s+https?:\/\/\S+\s+(\S+) \/ (\S+)/);
  await host.goto('/sign-in');
  await host.fill('input[name=login]', who!);
  await host.fill('input[name=password]', secret!);
  await host.click('button[type=submit]');
  await host.getByRole('link', { name: /Thanh niên với cải cách hành chính/ }).click();
  const begin = host.getByRole('button', { name: 'Bắt đầu thi' });
  if (await begin.isVisible()) {
    await begin.click();
    await host.getByRole('dialog').getByRole('button', { name: 'Bắt đầu thi' }).click();
  }
  await host.getByRole('link', { name: 'Điều hành' }).first().click();
  await host.getByRole('link', { name: /^Kiến thức/ }).click();
  await host.waitForURL(/contests\/\d+\/.*\d+/);
  const [contest, round] = host.url().match(/\d+/g)!.map(Number).slice(-2) as [number, number];
  const files = await host.evaluate(twoPictures, { contest, round });

  // A phone on Chromium 92, and the projector: what each asks the server for is written down.
  const phone = await (await old.createIncognitoBrowserContext()).newPage();
  await phone.setViewport(devices.phone.viewport);
  const asked: Record<string, string[]> = { phone: [], hall: [] };
  const problems: string[] = [];
  phone.on('request', (r) => asked.phone!.push(r.url()));
  phone.on('pageerror', (error) => problems.push(`phone: ${error.message}`));
  const [, link] = await server.find(/contestant\s+(https?:\/\/\S+)/);
  await phone.goto(link!);
  const door = await phone.waitForFunction(
    () => [...document.querySelectorAll('a')].find((a) => a.innerText.includes('Kiến thức')),
    { timeout: 20_000 },
  );
  await door.asElement()!.click();
  const [, address] = await server.find(/projector\s+(https?:\/\/\S+)/);
  const wall = await browser.newContext({ ...devices.projector, locale: 'vi-VN' });
  const hall = await wall.newPage();
  hall.on('request', (r) => asked.hall!.push(r.url()));
  hall.on('pageerror', (error) => problems.push(`hall: ${error.message}`));
  await hall.goto(address!);
  await host.reload();
  await cue(host, 'Bắt đầu vòng thi', 'Hiện câu đầu tiên');
  await host.evaluate(
    async ([contest, round]) => {
      await fetch(`/api/organizer/contests/${contest}/screen`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ mode: 'round', round_id: round }),
      });
    },
    [contest, round],
  );

  const ofFiles = (device: string) => asked[device]!.filter((url) => /\/sealed\/|\/api\/files\//.test(url));
  for (const device of ['phone', 'hall']) {
    await expect.poll(() => ofFiles(device).length, { timeout: 30_000 }).toBe(2);
    expect(ofFiles(device).filter((url) => files.some((file) => url.includes(file)))).toEqual([]);
  }
  for (const [index, next] of ['Hiện câu đầu tiên', 'Câu tiếp theo'].entries()) {
    const [before, hallBefore] = [asked.phone!.length, asked.hall!.length];
    await cue(host, next, 'Mở câu hỏi');
    const drawn = () => {
      const picture = document.querySelector<HTMLImageElement>('img[alt="Một bức hình"]');
      return picture?.complete && picture.src.startsWith('blob:') ? picture.naturalWidth : 0;
    };
    await phone.waitForFunction(drawn, { timeout: 20_000 });
    expect(await phone.evaluate(drawn)).toBe(640);
    await expect.poll(() => hall.evaluate(drawn)).toBe(640);
    // Nothing was fetched to show it.
    expect(
      asked.phone!.slice(before).filter((url) => !url.startsWith('blob:') && !url.startsWith('data:')),
    ).toEqual([]);
    expect(asked.hall!.slice(hallBefore).filter((url) => /\/sealed\/|\/api\/files\//.test(url))).toEqual([]);
    await phone.screenshot({ path: `${folder}files-phone-${index + 1}.png` });
    await hall.screenshot({ path: `${folder}files-projector-${index + 1}.png` });
    if (index === 1) break;
    await cue(host, 'Mở câu hỏi', 'Khóa trả lời');
    await cue(host, 'Khóa trả lời', 'Công bố đáp án');
    await cue(host, 'Công bố đáp án', 'Câu tiếp theo');
  }

  // Who comes late fetches what is on, and nothing under the file's own name.
  const late = await browser.newContext({ ...devices.projector, locale: 'vi-VN' });
  const second = await late.newPage();
  const own: string[] = [];
  second.on('request', (r) => own.push(r.url()));
  await second.goto(address!);
  await expect
    .poll(() =>
      second.evaluate(() => {
        const picture = document.querySelector<HTMLImageElement>('img[alt="Một bức hình"]');
        return picture?.src.startsWith('blob:') ? picture.naturalWidth : 0;
      }),
    )
    .toBe(640);
  expect(own.filter((url) => /\/sealed\//.test(url)).length).toBe(1);
  expect(own.filter((url) => /\/api\/files\//.test(url))).toEqual([]);
  expect(problems).toEqual([]);
  await Promise.all([context, wall, late].map((c) => c.close()));
});
