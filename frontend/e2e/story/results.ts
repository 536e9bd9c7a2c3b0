// What is provisional becomes final, the seal is the same for everybody, and a correction says why.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { totals } from './quiz';
import { confirm, type Scene } from './scene';
import { advance, go } from './setup';

const seal = /Mã niêm phong\s*([0-9A-Z][0-9A-Z -]+[0-9A-Z])/;

/** Places by the totals of the story, as the final list must show them. */
function ranked(scene: Scene): { team: string; total: string }[] {
  const all = totals(scene);
  return scene.contestants
    .map((c, index) => ({ team: c.team, total: all[index]! }))
    .sort((a, b) => Number(b.total.replace(',', '.')) - Number(a.total.replace(',', '.')));
}

/** Preview, the act, and the same seal on the organizer's page and in public. */
export async function finalize(scene: Scene): Promise<void> {
  const page = scene.organizer;
  await advance(scene, 'Kết thúc các vòng thi', 'Đã thi xong');
  await go(page, 'Kết quả');
  const preview = page.getByRole('table', { name: /Thứ hạng hiện tại/ }).getByRole('row');
  for (const [index, line] of ranked(scene).entries()) {
    await expect(preview.nth(index + 1)).toContainText(line.team);
    await expect(preview.nth(index + 1)).toContainText(line.total);
  }
  await scene.look(page, 'results-preview', { whole: true });
  await page.getByRole('button', { name: 'Chốt kết quả' }).click();
  await scene.look(page, 'finalize');
  await confirm(page, 'Chốt kết quả');
  await expect(page.getByText('Đã chốt và công bố kết quả.')).toBeVisible();
  await scene.look(page, 'results-final', { dark: true, whole: true });

  await expect(scene.projector.getByText('Chính thức').first()).toBeVisible();
  await scene.look(scene.projector, 'projector-final');
  const visitor = scene.spectator;
  await visitor.goto(`/audience/${scene.slug}/results`);
  await expect(visitor.getByText(/^Chốt lúc/)).toBeVisible();
  const rows = visitor.getByRole('table').getByRole('row');
  for (const [index, line] of ranked(scene).entries()) {
    await expect(rows.nth(index + 1)).toContainText(line.team);
    await expect(rows.nth(index + 1)).toContainText(line.total);
  }
  expect(await sealOf(scene, 'spectator')).toBe(await sealOf(scene, 'organizer'));
  await scene.look(visitor, 'public-results', { dark: true, whole: true });
}

/** The seal that someone reads on the screen. */
async function sealOf(scene: Scene, who: 'organizer' | 'spectator'): Promise<string> {
  const words = await scene[who].getByRole('main').innerText();
  const found =
    words.match(seal) ?? words.toUpperCase().match(/MÃ NIÊM PHONG\s*([0-9A-Z][0-9A-Z -]+[0-9A-Z])/);
  expect(found, `a seal on the page of the ${who}`).toBeTruthy();
  return found![1]!.trim();
}

/** A second item is voided afterwards: the points change, and the correction goes out with its reason. */
export async function correct(scene: Scene): Promise<void> {
  const { organizer: page, host, spectator } = scene;
  const before = await sealOf(scene, 'spectator');
  await host.getByRole('button', { name: 'Thao tác với câu 2' }).click();
  await host.getByRole('menuitem', { name: 'Hủy câu' }).click();
  const dialog = host.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Ai cũng được trọn điểm/ }).check();
  await dialog.getByLabel('Lý do').fill('Đề in sai một chữ, theo biên bản của Ban Giám khảo');
  await dialog.getByRole('button', { name: 'Hủy câu' }).click();
  await expect(dialog).toBeHidden();

  await page.reload();
  await page.getByRole('button', { name: 'Đính chính' }).click();
  const reason = 'Câu 2 in sai một chữ nên mọi đội được trọn điểm câu này.';
  await page.getByRole('dialog').getByLabel('Lý do đính chính').fill(reason);
  await scene.look(page, 'correction');
  await confirm(page, 'Đính chính');
  await expect(page.getByText('Đã công bố bản đính chính.')).toBeVisible();
  await expect(page.getByText(/Bản đang có hiệu lực: lần 2/)).toBeVisible();

  await spectator.reload();
  await expect(spectator.getByText('Kết quả đã được đính chính')).toBeVisible();
  await expect(spectator.getByText(reason).first()).toBeVisible();
  const after = await sealOf(scene, 'spectator');
  expect(after).not.toBe(before);
  await expect(page.getByText(`lần 2, mã niêm phong ${after}`)).toBeVisible();
  await scene.look(page, 'results-corrected', { whole: true });
  await scene.look(spectator, 'public-results-corrected', { whole: true });

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Tải bảng kết quả (XLSX)' }).click();
  const file = await readFile(await (await download).path());
  expect(file.subarray(0, 2).toString(), 'a workbook is a zip').toBe('PK');
  expect(file.length).toBeGreaterThan(4_000);
}

/** The program recomputes everything beside the running server and finds what was published. */
export async function verify(scene: Scene): Promise<void> {
  const found = await scene.server.verify();
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ revisions: 2, findings: [] });
  await expect(scene.spectator.getByText(found[0]!.seal, { exact: true }).first()).toBeVisible();
}
