// What the organizer sees of doubtful registrations before deciding on them.
import { expect } from '@playwright/test';
import type { Scene } from '../scene';
import { go } from '../setup';
import type { Citizen } from './register';

/** Two who look like one are seen side by side; one who waits is seen waiting. */
export async function seeDoubts(scene: Scene, [, twin, late]: Citizen[]): Promise<void> {
  const page = scene.organizer;
  await go(page, 'Thí sinh');
  await page.getByRole('tab', { name: /^Danh sách chờ/ }).click();
  await expect(page.getByRole('button', { name: late!.name, exact: true })).toBeVisible();
  await scene.look(page, 'waiting-list');
  await page.getByRole('tab', { name: /^Nghi trùng/ }).click();
  await expect(page.getByText('Cùng họ tên và ngày sinh')).toBeVisible();
  await expect(page.getByText(twin!.name, { exact: true })).toHaveCount(2);
  await scene.look(page, 'duplicates');
}
