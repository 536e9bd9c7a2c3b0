// A whole evening, from an empty machine to corrected final results, by everyone who takes part in it.
import { test, expect } from '@playwright/test';
import * as doors from './doors';
import * as judged from './judged';
import * as quiz from './quiz';
import * as results from './results';
import { Scene } from './scene';
import { Server } from './server';
import * as setup from './setup';

let server: Server;

test.beforeAll(async () => {
  server = await Server.start();
});

test.afterAll(() => server?.stop());

test('a contest from an empty machine to final results', async ({ browser }) => {
  test.setTimeout(600_000);
  const scene = new Scene(browser, server);
  try {
    await test.step('the first administrator makes a contest', () => setup.createContest(scene));
    await test.step('questions come from a document', () => setup.fillBank(scene));
    await test.step('items for the quiz', () => setup.pickItems(scene));
    await test.step('people are invited, a tablet is paired', () => setup.invitePeople(scene));
    await test.step('rubric and panel', () => setup.prepareJudging(scene));
    await test.step('registration opens', () => setup.advance(scene, 'Mở đăng ký', 'Nhận đăng ký'));
    await test.step('three teams register', () => doors.register(scene));
    await test.step('they are approved, cards are printed', () => doors.approve(scene));
    await test.step('they enter', () => doors.enter(scene));
    await test.step('the running order is drawn', () => judged.setOrder(scene));
    await test.step('the evening begins', () => setup.advance(scene, 'Bắt đầu thi', 'Đang thi'));
    await test.step('judges, secretary and projector are ready', () => judged.open(scene));
    await test.step('teams perform, judges mark and sign', () => judged.judge(scene));
    await test.step('the judged round is closed', () => judged.close(scene));
    await test.step('the quiz gathers', () => quiz.gather(scene));
    await test.step('an item through a reload and a lost network', () => quiz.firstItem(scene));
    await test.step('the public board is frozen', () => quiz.freeze(scene));
    await test.step('an item after an undo', () => quiz.secondItem(scene));
    await test.step('an item is voided', () => quiz.voidedItem(scene));
    await test.step('the round ends behind a frozen board', () => quiz.end(scene));
    await test.step('results become final', () => results.finalize(scene));
    await test.step('and are corrected', () => results.correct(scene));
    await test.step('verify finds nothing', () => results.verify(scene));
    expect(scene.problems, 'errors in the pages').toEqual([]);
    expect(server.errors(), 'errors of the server').toEqual([]);
  } finally {
    await scene.end();
  }
});
