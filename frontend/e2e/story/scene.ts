// Who is in the hall: every person has a browser context of their own, as on a device of their own. Each screen that is
// looked at leaves a picture, is read by axe, and must not have caused an error of the page.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Server } from './server';

export const folder = fileURLToPath(new URL('../../screenshots/story/', import.meta.url));
/** Stories run beside each other: each has a folder of its own. */
export const provinceFolder = fileURLToPath(new URL('../../screenshots/province/', import.meta.url));
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const devices = {
  laptop: { viewport: { width: 1440, height: 900 } },
  tablet: { viewport: { width: 1180, height: 820 }, hasTouch: true },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  small: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  projector: { viewport: { width: 1920, height: 1080 } },
} as const;

export type Contestant = { team: string; phone: Page; number: string; receipt: string };

/** No page asks for the same thing so many times in a story, even every second. One that loops does within a minute. */
const tooOften = 900;

export class Scene {
  readonly problems: string[] = [];
  readonly people: BrowserContext[] = [];
  /** Where the contest is for its organizers, and its name in addresses. */
  contest = '';
  slug = '';
  contestants: Contestant[] = [];
  /** Teams in the order of their turns on stage. */
  order: string[] = [];
  /** A line that has gone is only noticed by its silence, and one that has come back is tried now and then. */
  readonly silence = { timeout: 30_000 };
  private pictures = 0;

  organizer!: Page;
  host!: Page;
  secretary!: Page;
  judges: Page[] = [];
  projector!: Page;
  spectator!: Page;

  constructor(
    readonly browser: Browser,
    readonly server: Server,
    private readonly pictured = folder,
  ) {
    rmSync(pictured, { recursive: true, force: true });
    mkdirSync(pictured, { recursive: true });
  }

  async person(name: string, device: keyof typeof devices): Promise<Page> {
    const context = await this.browser.newContext({
      ...devices[device],
      baseURL: this.server.address,
      locale: 'vi-VN',
      timezoneId: 'Asia/Ho_Chi_Minh',
      colorScheme: 'light',
      reducedMotion: 'reduce',
      acceptDownloads: true,
    });
    this.people.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.problems.push(`${name}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const text = `${name}: ${message.text()} (${message.location().url})`;
      // Lost connections and a wrong code are part of the story; the browser writes them down as errors of its own.
      if (
        !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_|ERR_EMPTY_RESPONSE|WebSocket|401 .*\/api\/contestant\/enter\)/.test(
          text,
        )
      )
        this.problems.push(text);
    });
    const asked = new Map<string, number>();
    page.on('request', (request) => {
      const times = (asked.get(request.url()) ?? 0) + 1;
      asked.set(request.url(), times);
      if (times === tooOften) this.problems.push(`${name}: asks without end for ${request.url()}`);
    });
    return page;
  }

  /** A picture of a screen and what axe says to it; main screens in dark too. */
  async look(page: Page, name: string, { dark = false, whole = false } = {}): Promise<void> {
    await page.evaluate(() => document.fonts.ready);
    const number = String(++this.pictures).padStart(2, '0');
    await page.screenshot({ path: `${this.pictured}${number}-${name}.png`, fullPage: whole });
    await this.read(page, name);
    if (!dark) return;
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: `${this.pictured}${number}-${name}-dark.png`, fullPage: whole });
    await this.read(page, `${name}, dark`);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  private async read(page: Page, name: string): Promise<void> {
    const found = await new AxeBuilder({ page }).withTags(rules).analyze();
    expect(
      found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`),
      `axe on ${name}`,
    ).toEqual([]);
  }

  async end(): Promise<void> {
    await Promise.all(this.people.map((context) => context.close()));
  }
}

/** Says yes in the open dialog, and waits until it has gone. */
export async function confirm(page: Page, act: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: act, exact: true }).click();
  await expect(dialog).toBeHidden();
}
