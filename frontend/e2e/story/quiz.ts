// The quiz: the host's cues, three phones, a reload in mid-question, a lost connection, the hall's two screens.
import { expect, type Locator, type Page } from '@playwright/test';
import { screen } from './judged';
import { confirm, type Contestant, type Scene } from './scene';
import { go, quiz } from './setup';

/** Presses the big button and waits for what it offers next. A press that came too soon after a change is not taken. */
export async function cue(host: Page, act: string, next: string): Promise<void> {
  const button = host.getByRole('button', { name: act, exact: true });
  await expect(button).toBeEnabled();
  await expect(async () => {
    if (await button.isVisible()) await button.click({ timeout: 1_000 });
    await expect(host.getByRole('button', { name: next, exact: true })).toBeEnabled({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

const option = (phone: Page, letter: string) =>
  phone.getByRole('radio', { name: new RegExp(`^${letter}\\b`) });
const stem = (page: Page) => page.getByRole('heading', { level: 1 });
const saved = (chosen: Locator) => chosen.getByText('Đã lưu');

async function answer(contestant: Contestant, letter: string): Promise<void> {
  const chosen = option(contestant.phone, letter);
  await chosen.click();
  await expect(chosen).toBeChecked();
  await expect(saved(chosen)).toBeVisible();
}

/** The letter of the right option, which only the host sees before it is revealed. */
async function key(host: Page): Promise<string> {
  const right = host.getByRole('main').getByRole('listitem').filter({ hasText: 'Đáp án đúng' });
  await expect(right).toHaveCount(1);
  return (await right.textContent())!.trim()[0]!;
}

const wrong = (right: string) => (right === 'A' ? 'B' : 'A');

/** The phones wait, the host's desk knows them, the hall sees the round. */
export async function gather(scene: Scene): Promise<void> {
  const host = scene.host;
  await host.getByRole('link', { name: new RegExp(`^${quiz}`) }).click();
  await expect(host.getByRole('main', { name: quiz })).toBeVisible();
  await expect(host.getByText('Đã kết nối')).toBeVisible();
  for (const { phone } of scene.contestants) {
    await phone.reload();
    await phone.getByRole('link', { name: quiz }).first().click();
    await expect(phone.getByText('Thiết bị này sẽ trả lời cho bạn')).toBeVisible();
  }
  await expect(host.getByText('/ 3 đang kết nối')).toBeVisible();
  await expect(host.getByRole('complementary').filter({ hasText: '/ 3 đang kết nối' })).toContainText('3/ 3');
  await scene.look(scene.contestants[0]!.phone, 'contestant-waiting', { whole: true });
  await screen(host, 'Vòng này');
  await scene.look(host, 'console-ready');
  await cue(host, 'Bắt đầu vòng thi', 'Hiện câu đầu tiên');
  for (const { phone } of scene.contestants) await expect(phone.getByText('Sắp có câu hỏi')).toBeVisible();
}

/** One answers at once, one reloads in mid-question, one loses the network. */
export async function firstItem(scene: Scene): Promise<void> {
  const host = scene.host;
  const [first, second, third] = scene.contestants as [Contestant, Contestant, Contestant];
  await cue(host, 'Hiện câu đầu tiên', 'Mở câu hỏi');
  const right = await key(host);
  for (const { phone } of scene.contestants)
    await expect(phone.getByText('Đọc câu hỏi trước.')).toBeVisible();
  const question = (await stem(first.phone).textContent())!.trim();
  await expect(first.phone.getByRole('radio')).toHaveCount(0);
  await scene.look(first.phone, 'question-shown');
  await expect(scene.projector.getByRole('heading', { name: question })).toBeVisible();
  await cue(host, 'Mở câu hỏi', 'Khóa trả lời');
  await expect(scene.projector.getByText('Chuẩn bị')).toBeHidden();
  await scene.look(scene.projector, 'projector-question');
  await scene.spectator.reload();

  await answer(first, right);
  await expect(host.getByText('/ 3 đã trả lời').first()).toBeVisible();
  await scene.look(first.phone, 'question-answered', { dark: true });

  // The same moment after a reload: the question, the answer, the clock.
  await answer(second, right);
  const before = await clock(second.phone);
  await second.phone.reload();
  await expect(stem(second.phone)).toHaveText(question);
  await expect(option(second.phone, right)).toBeChecked();
  await expect(saved(option(second.phone, right))).toBeVisible();
  const after = await clock(second.phone);
  expect(after, 'the clock went on').toBeLessThanOrEqual(before);
  expect(after, 'the clock did not start anew or end').toBeGreaterThan(before - 120);

  // Offline: the answer stays on the phone and says so, then goes by itself.
  const chosen = option(third.phone, wrong(right));
  await expect(chosen).toBeVisible();
  await third.phone.context().setOffline(true);
  await chosen.click();
  await expect(chosen.getByText('Chưa gửi')).toBeVisible(scene.silence);
  await expect(third.phone.getByText('Mất mạng: câu trả lời còn trên máy, chưa gửi')).toBeVisible();
  await scene.look(third.phone, 'question-offline');
  await expect(host.getByText(new RegExp(`Chưa trả lời: .*${third.team}`))).toBeVisible();
  await third.phone.context().setOffline(false);
  await expect(saved(chosen)).toBeVisible(scene.silence);
  await expect(host.getByText(/Chưa trả lời:/)).toBeHidden();
  await scene.look(host, 'console-open', { dark: true });

  await cue(host, 'Khóa trả lời', 'Công bố đáp án');
  await expect(first.phone.getByText('Câu trả lời của bạn đã được lưu.')).toBeVisible();
  await expect(scene.projector.getByText('Đã khóa trả lời')).toBeVisible();
  await cue(host, 'Công bố đáp án', 'Câu tiếp theo');
  for (const { phone } of [first, second]) await expect(phone.getByText('Bạn chọn đúng')).toBeVisible();
  await expect(third.phone.getByText('Bạn chọn', { exact: true })).toBeVisible();
  await expect(third.phone.getByText('Đáp án đúng')).toBeVisible();
  await scene.look(first.phone, 'answer-revealed', { whole: true });
  await scene.look(scene.projector, 'projector-revealed');
  await scene.look(host, 'console-revealed');
}

/** Seconds that a contestant still has, as the screen says them. */
async function clock(phone: Page): Promise<number> {
  const label = await phone.getByRole('timer').first().getAttribute('aria-label');
  const [minutes, rest] = label!
    .match(/(\d+):(\d+)/)!
    .slice(1)
    .map(Number) as [number, number];
  return minutes * 60 + rest;
}

/** A slip of the host is taken back; then the item is played like any other. */
export async function secondItem(scene: Scene): Promise<void> {
  const host = scene.host;
  const [first, second, third] = scene.contestants as [Contestant, Contestant, Contestant];
  const old = (await stem(first.phone).textContent())!.trim();
  await cue(host, 'Câu tiếp theo', 'Mở câu hỏi');
  await expect(stem(first.phone)).not.toHaveText(old);
  await cue(host, 'Lùi một bước Hiện câu hỏi', 'Câu tiếp theo');
  await expect(stem(first.phone)).toHaveText(old);
  await scene.look(host, 'console-undone');
  await cue(host, 'Câu tiếp theo', 'Mở câu hỏi');
  const right = await key(host);
  await cue(host, 'Mở câu hỏi', 'Khóa trả lời');
  await answer(first, wrong(right));
  await answer(first, right);
  await answer(second, wrong(right));
  await answer(third, wrong(right));
  await cue(host, 'Khóa trả lời', 'Công bố đáp án');
  await cue(host, 'Công bố đáp án', 'Câu tiếp theo');
  await expect(first.phone.getByText('Bạn chọn đúng')).toBeVisible();
}

/** The last item turns out to be flawed: it is voided with a reason, and counts for nobody. */
export async function voidedItem(scene: Scene): Promise<void> {
  const host = scene.host;
  await cue(host, 'Câu tiếp theo', 'Mở câu hỏi');
  const right = await key(host);
  await cue(host, 'Mở câu hỏi', 'Khóa trả lời');
  for (const contestant of scene.contestants) await answer(contestant, right);
  await cue(host, 'Khóa trả lời', 'Công bố đáp án');
  await cue(host, 'Công bố đáp án', 'Kết thúc vòng thi');
  await host.getByRole('main').getByRole('button', { name: 'Hủy câu' }).click();
  const dialog = host.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Không ai có điểm/ }).check();
  await dialog.getByLabel('Lý do').fill('Theo hội ý của Ban Giám khảo: đề có hai cách hiểu');
  await scene.look(host, 'void');
  await dialog.getByRole('button', { name: 'Hủy câu' }).click();
  await expect(dialog).toBeHidden();
  for (const { phone } of scene.contestants)
    await expect(
      phone.getByText('Câu này đã bị hủy: không ai được tính điểm câu này.').first(),
    ).toBeVisible();
  await expect(scene.projector.getByText('Đã hủy câu: không tính điểm')).toBeVisible();
}

/** Before the decisive item the public board is made to stand still. */
export async function freeze(scene: Scene): Promise<void> {
  const { host, organizer, projector, spectator } = scene;
  await go(organizer, 'Kết quả');
  await organizer.getByRole('button', { name: 'Tạm giấu điểm' }).click();
  await confirm(organizer, 'Tạm giấu điểm');
  await expect(organizer.getByRole('button', { name: 'Công bố điểm' })).toBeVisible();
  await expect(spectator.getByText(/^Tạm giấu điểm từ/).first()).toBeVisible();
  await screen(host, 'Bảng điểm');
  await expect(projector.getByText(/Tạm giấu điểm/).first()).toBeVisible();
  await scene.look(projector, 'projector-frozen');
  await screen(host, 'Vòng này');
}

/** The round ends; the hall still sees the frozen board, and with the thaw everything that came since. */
export async function end(scene: Scene): Promise<void> {
  const { host, organizer, projector, spectator } = scene;
  await cue(host, 'Kết thúc vòng thi', 'Chốt điểm vòng thi');
  await host.getByRole('button', { name: 'Chốt điểm vòng thi' }).click();
  await confirm(host, 'Chốt điểm vòng thi');
  await expect(host.getByText('Điểm vòng này đã chốt.')).toBeVisible();
  for (const { phone } of scene.contestants)
    await expect(phone.getByRole('heading', { name: 'Vòng thi đã kết thúc' })).toBeVisible();
  await scene.look(scene.contestants[0]!.phone, 'contestant-over', { whole: true });
  await screen(host, 'Bảng điểm');

  // The organizer sees the scores as they are, the hall as they were after the first item.
  const rows = organizer.getByRole('table', { name: /Thứ hạng hiện tại/ }).getByRole('row');
  const hall = projector.getByRole('region', { name: 'Bảng điểm' }).getByRole('listitem');
  const phone = spectator.getByRole('list', { name: 'Bảng điểm' }).getByRole('listitem');
  for (const [index, { team }] of scene.contestants.entries()) {
    await expect(rows.filter({ hasText: team })).toContainText(totals(scene)[index]!);
    for (const board of [hall, phone])
      await expect(board.filter({ hasText: team })).toContainText(short(totals(scene, afterFirst)[index]!));
  }
  await scene.look(spectator, 'board-frozen');

  await organizer.getByRole('button', { name: 'Công bố điểm' }).click();
  await confirm(organizer, 'Công bố điểm');
  for (const [index, { team }] of scene.contestants.entries()) {
    for (const board of [hall, phone])
      await expect(board.filter({ hasText: team })).toContainText(short(totals(scene)[index]!));
  }
  await scene.look(projector, 'projector-board');
  await scene.look(spectator, 'board-thawed', { dark: true });
}

const afterFirst = [1000, 1000, 0];
const afterAll = [2000, 1000, 0];
/** A board leaves out zeros that say nothing. */
const short = (total: string) => total.replace(/,?0+$/, '');

/** What each contestant must have: the marks of the greeting and the points of the quiz. */
export function totals(scene: Scene, points: number[] = afterAll): string[] {
  const greeting = [1750, 1600, 1400];
  return scene.contestants.map((c, index) => {
    const total = greeting[scene.order.indexOf(c.team)]! + points[index]!;
    return `${Math.floor(total / 100)},${String(total % 100).padStart(2, '0')}`;
  });
}
