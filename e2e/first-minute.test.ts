import { expect, test } from '@playwright/test';
import { expectClusterUp, machine, openCluster, pods, runFor, setSpeed, virtualSeconds } from './cluster-page';

test.describe('the first minute', () => {
  test('five machines become Ready, the sample app runs, virtual time goes on, and nothing is complained of', async ({
    page,
  }) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));

    await openCluster(page);
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(6);
    await expect(pods(page, { of: 'cache-', state: 'Running' })).toHaveCount(2);
    await expect(page.getByRole('article', { name: 'Machine node-1, Ready, 2 pods' })).toBeVisible();
    await expect(page.getByText('5 of 5 nodes Ready · 12 pods')).toBeVisible();
    await expect(page.getByRole('group', { name: 'Process control-plane-1/etcd, running' })).toBeVisible();

    const before = await virtualSeconds(page);
    await setSpeed(page, 10);
    await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(before + 5);
    await expectClusterUp(page);
    expect(complaints).toEqual([]);
  });

  test('the address chooses seed and starting cluster', async ({ page }) => {
    const workers = [1, 2, 3, 4, 5, 6].map((number) => `node-${number}`);
    await openCluster(page, '?seed=7&scenario=three-zones', ['control-plane-1', ...workers]);
    await expect(page.getByText('three-zones · seed 7')).toBeVisible();
    await expect(page.locator('[data-kind="Zone"]')).toHaveCount(3);
    const namesWithSeven = await podNames();

    await openCluster(page, '?seed=8&scenario=three-zones', ['control-plane-1', ...workers]);
    expect(await podNames()).not.toEqual(namesWithSeven);

    await openCluster(page, '?seed=7&scenario=three-zones&fresh', ['control-plane-1', ...workers]);
    expect(await podNames()).toEqual(namesWithSeven);

    async function podNames(): Promise<string[]> {
      const names = pods(page).evaluateAll((chips) => chips.map((chip) => chip.getAttribute('data-name') ?? ''));
      return (await names).sort();
    }
  });

  test('a reload goes on where it was: same time, same pace, same cluster', async ({ page }) => {
    await openCluster(page);
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await runFor(page, 60);
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/no power · API: NotReady/);
    const left = await virtualSeconds(page);

    await page.reload();
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/no power · API: NotReady/);
    await expect(page.getByTestId('virtual-time')).toHaveAttribute('data-paused', 'true');
    expect(await virtualSeconds(page)).toBe(left);

    await setSpeed(page, 100);
    await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(left + 50);
    const running = await virtualSeconds(page);
    await page.reload();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await expect(page.getByRole('button', { name: '100 times real time' })).toHaveAttribute('aria-pressed', 'true');
    expect(await virtualSeconds(page)).toBeGreaterThanOrEqual(running);
  });
});
