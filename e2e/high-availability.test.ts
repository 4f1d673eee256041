import { expect, test, type Locator, type Page } from '@playwright/test';
import {
  applyManifest,
  carry,
  dropIntoDock,
  expectClusterUp,
  inspector,
  machine,
  outcome,
  pause,
  pods,
  setSpeed,
  virtualSeconds,
} from './cluster-page';

const controlPlanes = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `control-plane-${index + 1}`);
const workers = (count: number): string[] => Array.from({ length: count }, (_, index) => `node-${index + 1}`);

/** What the stage says of the etcd group while all is well, and when nothing can be written. */
const standing = (page: Page): Locator => page.getByRole('status', { name: 'etcd' });
const trouble = (page: Page): Locator => page.getByRole('alert', { name: 'etcd' });
const leaders = (page: Page): Locator => page.locator('[data-kind="Process"][data-role="leader"]');

/** The machine that leads, in the words of the stage. */
async function leaderOf(page: Page): Promise<string> {
  await expect(standing(page)).toContainText(/control-plane-\d leads/);
  const said = (await standing(page).textContent()) ?? '';
  return /control-plane-\d/.exec(said)?.[0] ?? '';
}

/** Opens a starting cluster and lets it boot fast. */
async function boot(page: Page, scenario: string, machines: readonly string[]): Promise<void> {
  await page.goto(`/?seed=7&scenario=${scenario}`);
  await setSpeed(page, 60);
  await expectClusterUp(page, machines);
  await setSpeed(page, 1);
}

async function dragIntoDock(page: Page, name: string): Promise<void> {
  await carry(page, name);
  await dropIntoDock(page);
  await expect(machine(page, name)).toHaveAttribute('data-state', 'Off');
}

async function scaleWeb(page: Page, replicas: number): Promise<void> {
  await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill(`${replicas}`);
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByText(`${replicas} of ${replicas} ready`)).toBeVisible({ timeout: 15_000 });
}

test('three control planes: the leader goes into the dock, then another, then one comes back', async ({ page }) => {
  await boot(page, 'ha', [...controlPlanes(3), ...workers(3)]);
  const first = await leaderOf(page);
  await expect(standing(page)).toContainText('3 of 3 members · one may be lost');

  // A new leader within three seconds, and writes go on.
  await dragIntoDock(page, first);
  const off = await virtualSeconds(page);
  await expect(standing(page)).toContainText('2 of 3 members · no more may be lost');
  await expect(standing(page)).toContainText(/leads · term [2-9]/);
  expect((await virtualSeconds(page)) - off).toBeLessThanOrEqual(3);
  const second = await leaderOf(page);
  expect(second).not.toBe(first);
  await expect(page.getByRole('listitem').filter({ hasText: `${second} leads etcd` })).toBeAttached();
  await setSpeed(page, 60);
  await scaleWeb(page, 8);

  // Without a majority nothing can be written; pods run on.
  await setSpeed(page, 1);
  await dragIntoDock(page, second);
  await expect(trouble(page)).toContainText(
    '2 of 3 members are gone: nothing can be written; running pods go on. Power on one control plane.',
  );
  await applyManifest(page, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late}\n');
  await setSpeed(page, 100); // after the request: an API server that restarts without etcd knows no roles and forbids
  await expect(outcome(page)).toContainText(/timed out|refused|timeout|Unable to connect/i, { timeout: 20_000 });
  await page.keyboard.press('Escape');
  await expect(leaders(page)).toHaveCount(0);
  for (const name of workers(3)) {
    await expect(machine(page, name)).toHaveAccessibleName(/^Machine node-\d, /);
    await expect(pods(machine(page, name)).and(page.locator('[data-real="true"]'))).not.toHaveCount(0);
  }
  await expect(pods(page).and(page.locator('[data-real="true"]'))).toHaveCount(10);

  // One comes back: what was acknowledged is there, and writes go on.
  await trouble(page)
    .getByRole('button', { name: /^Power on control-plane-\d$/ })
    .click();
  await expect(standing(page)).toContainText(/leads · term \d+/);
  await expect(standing(page)).toContainText('2 of 3 members');
  await expect(inspector(page).getByRole('textbox', { name: 'Replicas of web' })).toHaveValue('8');
  await scaleWeb(page, 9);
});

test('four control planes, cut two and two: nobody leads until the cut is healed', async ({ page }) => {
  await boot(page, 'even-ha', [...controlPlanes(4), ...workers(4)]);
  await expect(standing(page)).toContainText('4 of 4 members · one may be lost');
  await page.getByRole('button', { name: 'Cut the network between control-plane-2 and control-plane-3' }).click();
  await expect(trouble(page)).toContainText(
    'No 3 of 4 members reach each other: nobody leads and nothing can be written; running pods go on.',
  );
  const cut = await virtualSeconds(page);
  await setSpeed(page, 60);
  await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(cut + 20);
  await pause(page);
  await expect(leaders(page)).toHaveCount(0);
  await expect(page.getByText(/^votes 2\/4/).first()).toBeVisible();

  await trouble(page).getByRole('button', { name: 'Heal the cut' }).click();
  await setSpeed(page, 60);
  await leaderOf(page);
  await expect(leaders(page)).toHaveCount(1);
});
