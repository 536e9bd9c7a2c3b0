import { defineConfig } from '@playwright/test';

// The browser is the system's: nothing is downloaded. HOITHI_CHROMIUM names another one.
const executablePath = process.env.HOITHI_CHROMIUM ?? '/usr/bin/chromium';
const port = Number(process.env.HOITHI_STYLEGUIDE_PORT ?? 4179);

export const launchOptions = {
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ],
};

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: process.env.CI ? 2 : 1,
  retries: 0,
  reporter: [['list']],
  timeout: 30_000,
  use: { launchOptions, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', trace: 'off' },
  // In this order: what takes longest begins first, so that nothing long runs alone at the end.
  projects: [
    {
      // Everyone through the real program (bin/hoithi), with its own database.
      name: 'story',
      testDir: 'e2e/story',
      // Also for the start of its server, which makes a database and the demo.
      timeout: 180_000,
      expect: { timeout: 15_000 },
      use: { actionTimeout: 30_000 },
    },
    {
      // Components and shells alone, on the style guide's own build.
      name: 'styleguide',
      testDir: 'e2e/styleguide',
      use: { baseURL: `http://127.0.0.1:${port}` },
    },
  ],
  webServer: {
    // The test command has built it already, beside other things.
    command: `${process.env.HOITHI_STYLEGUIDE_BUILT ? '' : 'npm run build:styleguide && '}node scripts/serve.mjs .svelte-kit/styleguide-site ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: !process.env.CI,
    timeout: 180_000,
  },
});
