// What follows the marks: the parts are signed, one signature is revoked and a sheet corrected, and a tie at the line is
// resolved by lots before everybody.
import { expect, type Page } from '@playwright/test';
import { lock, mark, marks, type Evening, type Round, type Table } from './judges';
import { confirm } from './scene';

const only = ['Đúng pháp luật'] as const;

/** One judge after another gives one mark and locks; they sit beside each other, so all do it at once. */
async function everybody(evening: Evening, values: readonly string[]): Promise<void> {
  await Promise.all(
    evening.judges.map(async (judge, i) => {
      await mark(judge, only[0], values[i]!);
      await lock(judge);
    }),
  );
}

const onStage = (judge: Page, name: string) =>
  expect(judge.getByRole('heading', { level: 1, name: new RegExp(name) })).toBeVisible();

async function turnsOf(evening: Evening, round: Round): Promise<Table> {
  return evening.ask<Table>('GET', evening.base(round));
}

const finish = (evening: Evening, round: Round, turn: number) =>
  evening.ask('POST', `${evening.base(round)}/performances/${turn}/finish`);

/** A part in which everybody gives each entry one mark. */
export async function playPart(evening: Evening, round: Round, values: readonly (readonly string[])[]) {
  const { performances } = await turnsOf(evening, round);
  // The head judge may still look at what was closed; the others go along with the stage.
  const [head] = evening.judges as [Page];
  if (head.url().endsWith('/close'))
    await head.goto(`/judge/${evening.scene.contest.split('/').at(-1)}/${round.id}`);
  for (const [i, turn] of performances.entries()) {
    if (turn.state === 'planned') await evening.start(round, turn);
    for (const judge of evening.judges) await onStage(judge, turn.entry_name);
    await everybody(evening, values[i]!);
    await finish(evening, round, turn.id);
  }
}

/** The stage returns to the greeting for its last turn, and judge 2 closes the sheet that was left open. */
export async function lastTurn(evening: Evening): Promise<void> {
  const greeting = evening.rounds[0]!;
  const [, second, third] = evening.turns;
  await evening.start(greeting, third!);
  await Promise.all(
    evening.judges.map(async (judge) => {
      await onStage(judge, third!.entry_name);
      await marks(judge, ['7,5', '4', '3']);
      await lock(judge);
    }),
  );
  await finish(evening, greeting, third!.id);
  const two = evening.judges[1]!;
  await two
    .getByRole('navigation', { name: 'Thứ tự trình bày' })
    .getByRole('button', { name: new RegExp(second!.entry_name) })
    .click();
  await marks(two, ['7,5', '4', '3']);
  await lock(two);
}

async function check(evening: Evening, office: Page, round: Round): Promise<void> {
  await office.goto(`${evening.scene.contest}/rounds/${round.id}/judging`);
  await office.getByRole('button', { name: 'Xác nhận đã kiểm tra' }).click();
  await confirm(office, 'Xác nhận đã kiểm tra');
}

/** The head judge closes what the secretary has checked, on the own tablet. */
async function close(evening: Evening, round: Round): Promise<void> {
  const head = evening.judges[0]!;
  const contest = evening.scene.contest.split('/').at(-1);
  await head.goto(`/judge/${contest}/${round.id}/close`);
  await head.getByRole('button', { name: 'Chốt phần thi' }).click();
  await confirm(head, 'Chốt phần thi');
  await expect(head.getByText('Đã chốt phần thi').first()).toBeVisible();
}

export async function sign(evening: Evening, round: Round): Promise<void> {
  await check(evening, evening.keeper, round);
  await expect(evening.keeper.getByText('Mã niêm phong').first()).toBeVisible();
  await close(evening, round);
}

/**
 * Judge 5 has read a column wrong, and finds it after the part was signed: the secretary asks for the signatures to be
 * revoked, the organizer confirms; the judge asks for the sheet, the head judge confirms; then all sign anew.
 */
export async function correct(evening: Evening): Promise<void> {
  const { scene, keeper: secretary } = evening;
  const [head, , , , five] = evening.judges as [Page, Page, Page, Page, Page];
  const greeting = evening.rounds[0]!;
  const first = evening.turns[0]!;
  const contest = scene.contest.split('/').at(-1);
  const card = (page: Page) => page.locator('main');
  const sealed = await card(secretary).innerText();

  await secretary.getByRole('button', { name: 'Thu hồi chữ ký' }).click();
  await secretary.getByRole('dialog').getByLabel('Lý do').fill('GK5 ghi nhầm cột, phát hiện sau khi ký');
  await scene.look(secretary, 'revoke-ask');
  await confirm(secretary, 'Gửi đề nghị');
  await expect(secretary.getByText('Bạn đã đề nghị; cần một người khác xác nhận.')).toBeVisible();
  const page = scene.organizer;
  await page.goto(`${scene.contest}/rounds/${greeting.id}/judging`);
  await page
    .getByRole('region', { name: 'Chờ người thứ hai' })
    .getByRole('button', { name: 'Xác nhận', exact: true })
    .click();
  await confirm(page, 'Xác nhận');
  await expect(page.getByRole('button', { name: 'Xác nhận đã kiểm tra' })).toBeEnabled();
  await scene.look(page, 'revoked', { whole: true });

  await five.goto(`/judge/${contest}/${greeting.id}`);
  await five
    .getByRole('navigation', { name: 'Thứ tự trình bày' })
    .getByRole('button', { name: new RegExp(first.entry_name) })
    .click();
  await five.getByRole('button', { name: /^Mở lại phiếu/ }).click();
  await five.getByRole('dialog').getByLabel('Lý do').fill('Ghi nhầm cột');
  await confirm(five, 'Gửi đề nghị');
  await head.goto(`/judge/${contest}/${greeting.id}`);
  await head
    .getByRole('region', { name: 'Chờ người thứ hai' })
    .getByRole('button', { name: 'Xác nhận', exact: true })
    .click();
  await confirm(head, 'Xác nhận');
  await expect(five.getByText('Phiếu này được mở lại')).toBeVisible();
  await marks(five, ['8,5', '5', '4']);
  await scene.look(five, 'corrected');
  await lock(five);
  await sign(evening, greeting);
  await secretary.reload();
  await expect(secretary.getByText('Phần thi đã chốt').first()).toBeVisible();
  expect(await card(secretary).innerText(), 'the part was signed anew').not.toBe(sealed);
  await scene.look(secretary, 'signed-anew', { whole: true });
}

/** Two share the second place, and two can go on: lots with a seed that everybody can check. */
export async function resolve(evening: Evening): Promise<void> {
  const { scene } = evening;
  const page = scene.organizer;
  const skit = evening.rounds[2]!;
  await page.goto(`${scene.contest}/plan/${skit.id}`);
  await expect(page.getByText(/2 đồng hạng 2 đúng vạch/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Xét suất vào vòng' })).toBeDisabled();
  await scene.look(page, 'tie-at-the-line', { whole: true });
  await page.getByRole('button', { name: /^Phân định/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Bốc thăm bằng phần mềm/ }).check();
  await scene.look(page, 'tie-dialog');
  await dialog.getByRole('button', { name: 'Bốc thăm', exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Xét suất vào vòng' }).click();
  await confirm(page, 'Xét suất vào vòng');
  await expect(page.getByText('Đã xét', { exact: true })).toBeVisible();
  await page.goto(`${scene.contest}/plan`);
  await page.getByRole('tab', { name: /Đồng hạng/ }).click();
  await expect(page.getByText(/[Hh]ạt giống/).first()).toBeVisible();
  await scene.look(page, 'tie-resolved', { whole: true });
}
