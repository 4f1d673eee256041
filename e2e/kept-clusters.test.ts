import { expect, test, type Page } from '@playwright/test';
import { expectClusterUp, machine, openCluster, pause, takeFromMenu, virtualSeconds } from './cluster-page';

const keptButton = (page: Page) => page.getByRole('button', { name: /^Kept clusters/ });
const list = (page: Page) => page.getByRole('dialog', { name: 'Clusters in this browser' });

async function openList(page: Page): Promise<void> {
  await keptButton(page).click();
  await expect(list(page)).toBeVisible();
}

test.describe('clusters that the browser keeps', () => {
  test('get names, stand where they were left, are saved as files and deleted', async ({ page }) => {
    await openCluster(page);
    await pause(page);
    await takeFromMenu(page, 'node-1', 'Power off');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await openList(page);
    await list(page).getByLabel('Name').first().fill('Tuesday');
    await list(page).getByRole('button', { name: 'Give it this name' }).click();
    await expect(page).toHaveURL(/\?cluster=Tuesday$/);
    const hash = await page.evaluate(() => kubarium.link.hash());

    const begin = list(page).locator('form').nth(1);
    await begin.getByLabel('Name').fill('Tuesday');
    await begin.getByRole('button', { name: 'Start it' }).click();
    await expect(list(page).getByRole('alert')).toContainText('Another cluster is called “Tuesday”.');
    await begin.getByLabel('Name').fill('Small');
    await begin.getByLabel('Starts as').selectOption('one-node');
    await begin.getByRole('button', { name: 'Start it' }).click();
    await expect(keptButton(page)).toHaveText('Small');
    await expectClusterUp(page, ['control-plane-1', 'node-1']);

    await openList(page);
    const download = page.waitForEvent('download');
    await list(page).getByRole('button', { name: 'Save Tuesday as a file' }).click();
    expect((await download).suggestedFilename()).toBe('kubarium-Tuesday.json');
    await list(page).getByRole('button', { name: 'Open Tuesday' }).click();
    await expect(keptButton(page)).toHaveText('Tuesday');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    expect(await page.evaluate(() => kubarium.link.hash())).toBe(hash);

    await openList(page);
    await list(page).getByRole('button', { name: 'Delete Small' }).click();
    await list(page).getByRole('button', { name: 'Delete Small for good?' }).click();
    await expect(list(page)).toContainText('No other cluster is kept.');
  });

  test('in two tabs: one runs it, the other follows, says so, and takes over when it is alone', async ({
    context,
    page,
  }) => {
    await openCluster(page);
    const other = await context.newPage();
    await openCluster(other);
    await expect(other.getByTestId('follows')).toHaveText('Follows');
    await expect(page.getByTestId('follows')).toHaveCount(0);

    await takeFromMenu(other, 'node-2', 'Power off');
    await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Off');
    await expect(machine(other, 'node-2')).toHaveAttribute('data-state', 'Off');
    await pause(other);
    await expect(page.getByTestId('virtual-time')).toHaveAttribute('data-paused', 'true');
    expect(await other.evaluate(() => kubarium.link.hash())).toBe(await page.evaluate(() => kubarium.link.hash()));
    const before = await virtualSeconds(page);

    await page.close();
    await expect(other.getByTestId('follows')).toHaveCount(0);
    await expect(machine(other, 'node-2')).toHaveAttribute('data-state', 'Off');
    expect(await virtualSeconds(other)).toBeGreaterThanOrEqual(before - 1);
    await takeFromMenu(other, 'node-2', 'Power on');
    await expect(machine(other, 'node-2')).not.toHaveAttribute('data-state', 'Off');
  });
});
