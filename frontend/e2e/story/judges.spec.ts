// Five judges on an evening of three parts: the timekeeper's clock, one judge without network, one who changes device, one
// far from the others, one who corrects after the part was signed; a tie at the line, a frozen board, and the ceremony that
// tells the result. Each step can be followed by another one.
import { expect, test } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { draw, Night, skitMarks } from './ceremony';
import * as closing from './closing';
import * as panel from './judges';
import { Scene } from './scene';
import { Server } from './server';

const folder = fileURLToPath(new URL('../../screenshots/judges/', import.meta.url));
let server: Server;

test.beforeAll(async () => {
  server = await Server.start({ demo: true });
});

test.afterAll(() => server?.stop());

test('five judges, from the first mark to the end of the ceremony', async ({ browser }) => {
  test.setTimeout(600_000);
  const scene = new Scene(browser, server, folder);
  const evening = new panel.Evening(scene);
  const night = new Night(evening);
  try {
    await test.step('five judges take their seats, the timekeeper the clock', () => evening.begin());
    await test.step('the clock runs by the space bar, a failure stops it', () => evening.clock());
    await test.step('a judge loses the network and goes on', () => evening.offline());
    await test.step('a judge changes the device', () => evening.changeDevice());
    await test.step('the others mark; the head judge is told who is missing', () => evening.others());
    await test.step('the network is back: what was locked without it is locked', () => evening.back());
    await test.step('overtime is charged, a sheet far away is seen', () => evening.watch());
    await test.step('the stage goes on to the next part', () => evening.nextPart());
    await test.step('the next part is marked', () =>
      closing.playPart(evening, evening.rounds[1]!, [equal, equal, equal]));
    await test.step('the last turn of the first part', () => closing.lastTurn(evening));
    await test.step('both parts are checked and closed', async () => {
      await closing.sign(evening, evening.rounds[1]!);
      await closing.sign(evening, evening.rounds[0]!);
    });
    await test.step('a judge corrects after the signatures: two by two', () => closing.correct(evening));
    await test.step('a tie at the line is resolved by lots', () => closing.resolve(evening));
    await test.step('the board is frozen', () => night.freeze());
    await test.step('two play the last part', async () => {
      await draw(evening);
      await closing.playPart(evening, evening.rounds[2]!, skitMarks);
      await closing.sign(evening, evening.rounds[2]!);
    });
    await test.step('the result is final and not told', () => night.finalize());
    await test.step('the ceremony is run through', () => night.rehearse());
    await test.step('the result is told from the bottom up', () => night.tell());
    await test.step('the server is killed in between', () => night.crash());
    await test.step('the ceremony ends, everything is public', () => night.end());
    expect(scene.problems, 'errors in the pages').toEqual([]);
    expect(server.errors(), 'errors of the server').toEqual([]);
  } finally {
    await scene.end();
  }
});

const equal = ['15', '15', '15', '15', '15'] as const;
