import { expect, test, type Page } from '@playwright/test';
import { machine, openCluster, setSpeed, virtualSeconds } from './cluster-page';

/** The engine's worker keeps the cluster, so it is its browser that is taken away: something runs before its code. */
async function workerBegins(page: Page, code: string): Promise<void> {
  await page.route(/\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

async function worksOn(page: Page): Promise<void> {
  const before = await virtualSeconds(page);
  await setSpeed(page, 10);
  await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(before + 5);
  await machine(page, 'node-1').focus();
  await page.keyboard.press('Delete');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
}

test.describe('where nothing can be kept', () => {
  test('as in a private window: the page says so, and goes on', async ({ page }) => {
    await workerBegins(
      page,
      `IDBFactory.prototype.open = () => { throw new DOMException('The user denied permission.', 'SecurityError'); };`,
    );
    await openCluster(page);
    await expect(page.getByText('This browser keeps nothing, as in a private window')).toBeVisible();
    await worksOn(page);
  });

  test('because there is no room: the page says so, and goes on', async ({ page }) => {
    await workerBegins(
      page,
      `IDBObjectStore.prototype.put = () => { throw new DOMException('The quota has been exceeded.', 'QuotaExceededError'); };`,
    );
    await openCluster(page);
    await expect(page.getByText('There is no room left in this browser to keep the cluster.')).toBeVisible();
    await worksOn(page);
  });
});
