// Every component and shell on a phone, a tablet, a laptop and a projector, light and dark: nothing for axe to find,
// nothing wider than the screen, no error in the console. The pictures land in screenshots/ for the eye.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 1180, height: 820 },
  laptop: { width: 1440, height: 900 },
  projector: { width: 1920, height: 1080 },
};

const pages: { path: string; name: string; on: (keyof typeof sizes)[] }[] = [
  { path: '/styleguide', name: 'components', on: ['phone', 'laptop'] },
  { path: '/styleguide/contestant', name: 'contestant', on: ['phone', 'tablet'] },
  { path: '/styleguide/judge', name: 'judge', on: ['phone', 'tablet'] },
  { path: '/styleguide/organizer', name: 'organizer', on: ['phone', 'laptop'] },
  { path: '/styleguide/projector', name: 'projector', on: ['projector'] },
  { path: '/', name: 'home', on: ['phone', 'laptop'] },
  { path: '/sign-in', name: 'sign-in', on: ['phone', 'laptop'] },
  { path: '/nowhere/at/all', name: 'missing', on: ['phone'] },
];

const contests = [
  {
    id: 1,
    slug: 'cai-cach-hanh-chinh',
    name: 'Thanh niên với cải cách hành chính 2026',
    organizer_name: 'Tỉnh Đoàn Thanh Hóa',
    venue: 'Hội trường 25B',
    starts_at: '2026-12-12T12:00:00Z',
    time_zone: 'Asia/Ho_Chi_Minh',
    state: 'running',
    registration_open: false,
    divisions: [],
    rounds: [],
  },
  {
    id: 2,
    slug: 'an-toan-giao-thong',
    name: 'Tìm hiểu an toàn giao thông',
    organizer_name: 'Sở Giáo dục và Đào tạo',
    venue: '',
    starts_at: '2027-01-15T01:00:00Z',
    time_zone: 'Asia/Ho_Chi_Minh',
    state: 'open',
    registration_open: true,
    divisions: [],
    rounds: [],
  },
];

async function prepare(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404 \(Not Found\)/.test(message.text()))
      problems.push(message.text());
  });
  await page.route('**/api/session', (route) => route.fulfill({ json: { version: 'test' } }));
  await page.route('**/api/session/sign-up', (route) => route.fulfill({ json: { open: true } }));
  await page.route('**/api/audience/contests', (route) => route.fulfill({ json: { contests } }));
  return problems;
}

for (const { path, name, on } of pages) {
  for (const size of on) {
    for (const scheme of ['light', 'dark'] as const) {
      test(`${name} on a ${size}, ${scheme}`, async ({ browser }) => {
        const context = await browser.newContext({
          viewport: sizes[size],
          colorScheme: scheme,
          reducedMotion: 'reduce',
          hasTouch: size === 'phone',
        });
        const page = await context.newPage();
        const problems = await prepare(page);
        await page.goto(path);
        await page.locator('main').first().waitFor();
        await page.evaluate(() => document.fonts.ready);
        const whole = name !== 'projector' && name !== 'contestant' && name !== 'judge';
        await page.screenshot({ path: `screenshots/${name}-${size}-${scheme}.png`, fullPage: whole });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, 'wider than the screen').toBeLessThanOrEqual(0);
        const found = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        expect(
          found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`),
        ).toEqual([]);
        expect(problems).toEqual([]);
        await context.close();
      });
    }
  }
}

test('text at 150 % breaks nothing on a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: sizes.phone, colorScheme: 'light' });
  const page = await context.newPage();
  await prepare(page);
  for (const path of [
    '/styleguide',
    '/styleguide/contestant',
    '/styleguide/judge',
    '/styleguide/organizer',
    '/sign-in',
  ]) {
    await page.goto(path);
    await page.locator('main').first().waitFor();
    await page.evaluate(() => (document.documentElement.style.fontSize = '150%'));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    await page.screenshot({ path: `screenshots/large-text${path.replace(/\W/g, '-')}.png` });
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
  await context.close();
});
