// A province prepares a contest: its units of then and now, who registers whom, who has to wait and who is let in, the
// questions and the papers; and afterwards, who did what.
import { expect, test, type Page } from '@playwright/test';
import * as decide from './province/decide';
import * as papers from './province/papers';
import * as prepare from './province/prepare';
import * as questions from './province/questions';
import * as register from './province/register';
import { provinceFolder, Scene } from './scene';
import { Server } from './server';
import { advance } from './setup';

let server: Server;

test.beforeAll(async () => {
  server = await Server.start();
});

test.afterAll(() => server?.stop());

test('a province registers for a contest', async ({ browser }) => {
  test.setTimeout(600_000);
  const scene = new Scene(browser, server, provinceFolder);
  try {
    await test.step('the tree of units comes from files', () => prepare.importTree(scene));
    await test.step('a contest from a template', () => prepare.createContest(scene));
    await test.step('units, blocks and targets', () => prepare.plan(scene));
    await test.step('rules of the registration', () => prepare.rules(scene));
    await test.step('registration opens', () => advance(scene, 'Mở đăng ký', 'Nhận đăng ký'));
    const leaders = await test.step('leaders come by their links', () => prepare.inviteLeaders(scene));
    const [first, second] = leaders as [Page, Page, Page];
    await test.step('a leader sends a spreadsheet', () => register.bySpreadsheet(scene, first));
    await test.step('a leader fills in the form', () => register.byForm(scene, second));
    const citizens = await test.step('citizens register', () => register.citizens(scene));
    await test.step('a pair of doubles, and one who waits', () => decide.seeDoubts(scene, citizens));
    await test.step('the waiting list moves up', () => register.withdraw(scene, citizens));
    await test.step('one is rejected, the others approved', () => decide.approve(scene, citizens));
    await test.step('how far the units are', () => decide.progress(scene));
    await test.step('questions come from a file', () => questions.importFile(scene));
    await test.step('questions are written', () => questions.write(scene));
    await test.step('papers are drawn and printed', () => papers.draw(scene));
    await test.step('the record names every act', () =>
      decide.audit(scene, [
        /^Tạo hội thi/,
        'Mời 60 đơn vị từ cây đơn vị',
        'Đổi điều kiện đăng ký',
        'Mời Đặng Văn Khoa phụ trách đơn vị',
        'Đơn vị nhập 4 đăng ký từ tệp',
        'Đơn vị đăng ký một người, đội',
        'Duyệt 8 đăng ký',
        'Từ chối 1 đăng ký',
        /^Nhập \d+ câu hỏi từ tệp/,
        'Soạn một câu hỏi',
        'Bốc đề số 1 từ “Đề vòng kiến thức”',
        'Tải đáp án đề số 1 của “Đề vòng kiến thức” để in',
      ]));
    expect(scene.problems, 'errors in the pages').toEqual([]);
    expect(server.errors(), 'errors of the server').toEqual([]);
  } finally {
    await scene.end();
  }
});
