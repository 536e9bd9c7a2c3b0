// How smoothly the ceremony moves on the projector: `npm run measure:ceremony`, on a machine that does nothing else.
// It starts bin/hoithi (HOITHI_BIN) with the demo contest in a folder of its own, rehearses a ceremony in a browser of
// 1920 × 1080, and counts frames while each step comes in. Beside it stands what the same browser does with an empty page:
// a machine without a graphics card may not reach 60, and then the ratio tells what is the page's own.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = process.env.HOITHI_BIN ?? fileURLToPath(new URL('../../bin/hoithi', import.meta.url));
/** As long as the slowest step needs to come in. */
const span = 1600;

const data = await mkdtemp(join(tmpdir(), 'hoithi-measure-'));
const server = spawn(
  program,
  ['serve', '--demo', '--listen', '127.0.0.1:0', '--data', data, '--log-format', 'json'],
  {
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
let printed = '';
server.stdout.on('data', (bytes) => (printed += bytes));
let browser;
try {
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      const found = line.includes('"serving"') && line.match(/"address":"([^"]+)"/);
      if (found) resolve(`http://${found[1]}`);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  browser = await chromium.launch({
    executablePath: process.env.HOITHI_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  await measure(browser, address);
} finally {
  await browser?.close();
  if (server.exitCode === null) {
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    await gone;
  }
  await rm(data, { recursive: true, force: true });
}

async function measure(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, baseURL: address });
  const headers = { origin: address };
  const words = async (pattern) => {
    for (let tries = 0; tries < 100 && !pattern.test(printed); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return printed.match(pattern);
  };
  const [, login, password] = await words(/organizer +\S+\/sign-in +(\S+) \/ (\S+)/);
  const [, slug] = await words(/\/audience\/(\S+)\/projector/);
  const ask = async (method, path, data) => {
    const answer = await context.request.fetch(path, { method, headers, data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  await context.request.post('/api/session/sign-in', { data: { login, password }, headers });
  const { id } = await ask('GET', `/api/audience/contests/${slug}`);
  const api = `/api/organizer/contests/${id}`;
  const { contest } = await ask('GET', api);
  const plan = await ask('GET', `${api}/awards`);
  await ask('PUT', `${api}/awards`, {
    version: plan.version,
    awards: [
      ['Giải Nhất', 1],
      ['Giải Nhì', 2],
      ['Giải Ba', 3],
    ].map(([name, count]) => ({ division_id: contest.divisions[0].id, name, count })),
    side_prizes: [],
  });

  const empty = await context.newPage();
  await empty.goto('/favicon.svg');
  const alone = await frames(empty);
  const wall = await context.newPage();
  await wall.goto(`/audience/${slug}/projector`);
  await wall.bringToFront();
  let desk = await ask('GET', `${api}/ceremony`);
  desk = await ask('POST', `${api}/ceremony/begin`, { seq: desk.seq, rehearsal: true });
  await wall.getByRole('group', { name: 'Lễ công bố' }).waitFor();

  const all = [];
  for (let step = 2; step <= desk.steps.length; step++) {
    const counted = frames(wall);
    desk = await ask('POST', `${api}/ceremony/cue`, { seq: desk.seq, cue: 'next' });
    const times = await counted;
    all.push(...times);
    print(desk.steps[step - 1].kind, times);
  }
  await empty.bringToFront();
  const after = await frames(empty);
  const bare = [...alone, ...after];
  print('an empty page', bare);
  print('the ceremony', all);
  console.log(`ratio ${(rate(all) / rate(bare)).toFixed(3)}`);
}

/** The time of each frame within the span, in ms. */
function frames(page) {
  return page.evaluate(
    (span) =>
      new Promise((resolve) => {
        const times = [];
        let last = performance.now();
        const start = last;
        const next = (now) => {
          times.push(now - last);
          last = now;
          if (now - start < span) requestAnimationFrame(next);
          else resolve(times.slice(1));
        };
        requestAnimationFrame(next);
      }),
    span,
  );
}

function rate(times) {
  return (1000 * times.length) / times.reduce((sum, t) => sum + t, 0);
}

function print(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  console.log(
    `${what.padEnd(14)} ${rate(times).toFixed(1).padStart(6)} frames/s   frame p50 ${at(0.5)} p95 ${at(0.95)} longest ${at(1)} ms`,
  );
}
