// Five judges on an evening of two parts: the timekeeper's clock, one judge without network, one who changes device,
// one far from the others, and the stage that goes on to the next part. Each step can be followed by another one.
import { expect, test } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import * as panel from './judges';
import { Scene } from './scene';
import { Server } from './server';

const folder = fileURLToPath(new URL('../../screenshots/judges/', import.meta.url));
let server: Server;

test.beforeAll(async () => {
  server = await Server.start({ demo: true });
});

test.afterAll(() => server?.stop());

test('five judges, from the first mark to the next part', async ({ browser }) => {
  test.setTimeout(300_000);
  const scene = new Scene(browser, server, folder);
  const evening = new panel.Evening(scene);
  try {
    await test.step('five judges take their seats, the timekeeper the clock', () => evening.begin());
    await test.step('the clock runs by the space bar, a failure stops it', () => evening.clock());
    await test.step('a judge loses the network and goes on', () => evening.offline());
    await test.step('a judge changes the device', () => evening.changeDevice());
    await test.step('the others mark; the head judge is told who is missing', () => evening.others());
    await test.step('the network is back: what was locked without it is locked', () => evening.back());
    await test.step('overtime is charged, a sheet far away is seen', () => evening.watch());
    await test.step('the stage goes on to the next part', () => evening.nextPart());
    expect(scene.problems, 'errors in the pages').toEqual([]);
    expect(server.errors(), 'errors of the server').toEqual([]);
  } finally {
    await scene.end();
  }
});
