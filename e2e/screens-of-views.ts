/** Screens of what the stage, the log and the inspector show when they are asked to: layouts, lines, pins, logs, lists, many machines. */
import { expect, type Page } from '@playwright/test';
import { inspector, machine, openCluster, openTab, pause, pods, runFor, setSpeed } from './cluster-page';
import type { Story, TakeScreen } from './screens';

const log = (page: Page) => page.getByRole('region', { name: 'Event log' });

async function layouts(page: Page, take: TakeScreen): Promise<void> {
  await page.keyboard.press('2');
  await expect(page.getByRole('article', { name: 'Deployment default/web,' })).toBeVisible();
  await take('by-workload');
  await page.keyboard.press('3');
  await expect(page.getByRole('article', { name: 'Service default/web,' })).toBeVisible();
  await take('by-service');
  await page.keyboard.press('1');
  await expect(machine(page, 'node-1')).toBeVisible();
}

async function lines(page: Page, take: TakeScreen): Promise<void> {
  await pods(machine(page, 'node-2'), { of: 'web-' }).first().click();
  await page.getByRole('button', { name: 'Lines between things' }).click();
  for (const kind of ['Selection', 'Ownership', 'Watches', 'Writes by verb', 'Heartbeats'])
    await page.getByRole('checkbox', { name: kind, exact: true }).check();
  await expect(page.locator('.edge[data-kind="ownership"]')).toHaveCount(2);
  await take('lines');
  for (const kind of ['Selection', 'Ownership', 'Watches', 'Writes by verb', 'Heartbeats'])
    await page.getByRole('checkbox', { name: kind, exact: true }).uncheck();
  await page.getByRole('button', { name: 'Lines between things' }).click();
}

async function pinsAndPicks(page: Page, take: TakeScreen): Promise<void> {
  await inspector(page).getByRole('button', { name: 'Pin to the stage' }).click();
  for (const name of ['control-plane-1', 'node-3']) {
    await machine(page, name).getByRole('heading', { name, exact: true }).click();
    await inspector(page).getByRole('button', { name: 'Pin to the stage' }).click();
  }
  await take('pins');
  await page
    .getByRole('list', { name: 'Pinned' })
    .getByRole('button', { name: /^Unpin/ })
    .evaluateAll((buttons) => {
      for (const button of buttons) (button as HTMLElement).click();
    });
  for (const name of ['node-1', 'node-3'])
    await machine(page, name)
      .getByRole('heading', { name })
      .click({ modifiers: ['Shift'] });
  await take('picked');
  await page.evaluate(() => kubarium.store.getState().clearPicks());
}

async function logs(page: Page, take: TakeScreen): Promise<void> {
  for (const source of ['Logs', 'Audit', 'Raft'])
    await log(page).getByRole('button', { name: source, exact: true }).click();
  await take('log-of-everything');
  await log(page).getByRole('button', { name: 'Details' }).first().click();
  await page.getByRole('dialog', { name: 'Log entry' }).waitFor();
  await take('log-entry');
  await page.getByRole('button', { name: 'Close the entry' }).click();
  for (const source of ['Logs', 'Audit', 'Raft'])
    await log(page).getByRole('button', { name: source, exact: true }).click();
}

async function lists(page: Page, take: TakeScreen): Promise<void> {
  await page.getByRole('button', { name: /^Kept clusters/ }).click();
  await page.getByRole('dialog', { name: 'Clusters in this browser' }).waitFor();
  await take('clusters');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Laws/ }).click();
  await page.getByRole('region', { name: 'Laws of the cluster' }).waitFor();
  await take('laws');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Chapters' }).click();
  await take('chapters');
  await page.getByRole('button', { name: 'Chapters' }).click();
}

async function tabs(page: Page, take: TakeScreen): Promise<void> {
  await pods(machine(page, 'node-2'), { of: 'web-' }).first().click();
  await inspector(page).getByRole('tab', { name: 'Logs' }).click();
  await inspector(page).getByRole('log').waitFor();
  await take('pod-logs');
  await inspector(page).getByRole('tab', { name: 'History' }).click();
  await inspector(page).getByRole('listitem').first().waitFor();
  await take('pod-history');
  await openTab(page, 'Summary');
  await page.evaluate(() => kubarium.store.getState().select({ kind: 'Service', namespace: 'default', name: 'web' }));
  await take('service-selected');
}

export const views: Story = {
  name: 'views',
  onDemand: true,
  async play(page, take) {
    await openCluster(page, '?seed=7');
    await runFor(page, 5);
    await page.getByRole('button', { name: 'Not now' }).click();
    await expect(page.getByRole('group', { name: 'Arrange by' })).toBeVisible();
    await layouts(page, take);
    await lines(page, take);
    await pinsAndPicks(page, take);
    await logs(page, take);
    await lists(page, take);
    await tabs(page, take);
    await take('near', async () => {
      for (let press = 0; press < 5; press++) await page.locator('.zoom-controls button').first().click();
    });
  },
};

export const many: Story = {
  name: 'many',
  onDemand: true,
  async play(page, take) {
    await page.goto('/?seed=7&scenario=100-nodes');
    await setSpeed(page, 60);
    await expect(page.getByText('101 of 101 nodes Ready')).toBeVisible({ timeout: 60_000 });
    await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('600');
    await page.keyboard.press('Enter');
    await expect(page.getByText('600 of 600 ready')).toBeVisible({ timeout: 180_000 });
    await pause(page);
    await take('hundred-nodes');
    await page.keyboard.press('2');
    await expect(page.getByRole('article', { name: 'Deployment default/web,' })).toBeVisible();
    await take('hundred-nodes-by-workload');
  },
};
