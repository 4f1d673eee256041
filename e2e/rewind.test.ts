import { expect, test } from '@playwright/test';
import { machine, openCluster, pause, runFor, setSpeed, virtualSeconds } from './cluster-page';

const SECOND = 1_000_000;

test.describe('the past', () => {
  test('a machine that lost its power is looked at before, the run branched there, and both compared', async ({
    page,
  }) => {
    await openCluster(page);
    await pause(page);
    await runFor(page, 20);
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    const cut = await virtualSeconds(page);
    await runFor(page, 60);
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/NotReady/);
    const end = await virtualSeconds(page);

    const moment = page.getByRole('slider', { name: 'Moment' });
    await moment.fill(String((cut - 5) * SECOND));
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');
    await expect(page.getByRole('status').filter({ hasText: 'You look at' })).toContainText('of main');
    expect(await virtualSeconds(page)).toBeLessThan(cut);

    await machine(page, 'node-2').focus();
    await page.keyboard.press('Delete');
    await expect(page.getByText('You look at the past: go back to the present')).toBeVisible();
    await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Ready');

    await page.getByRole('button', { name: 'Branch here' }).click();
    await expect(page.getByRole('list', { name: 'Tracks' })).toContainText('branch 1');
    await page.evaluate(() =>
      kubarium.link.input({
        type: 'request',
        ticket: 'cordon',
        method: 'PATCH',
        path: '/api/v1/nodes/node-1',
        contentType: 'application/merge-patch+json',
        body: { spec: { unschedulable: true } },
      }),
    );
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await runFor(page, Math.ceil(end - (await virtualSeconds(page))));

    await page.getByRole('button', { name: 'Compare with main' }).click();
    const comparison = page.getByRole('region', { name: 'What is different' });
    await expect(comparison).toContainText('You sent PATCH /api/v1/nodes/node-1.');
    await expect(comparison).toContainText('SchedulingDisabled');

    await page.getByRole('button', { name: 'Go to main' }).click();
    await expect.poll(() => virtualSeconds(page)).toBe(end);
    await expect(comparison).toBeVisible();
    await setSpeed(page, 10);
    await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(end + 5);
  });

  test('is gone to in steps, to the event, and by chapters with names', async ({ page }) => {
    await openCluster(page);
    await pause(page);
    await runFor(page, 20);
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    const cut = await virtualSeconds(page);
    await runFor(page, 50);
    const hashes = async (): Promise<string> => page.evaluate(() => kubarium.link.hash());

    await page.getByLabel('A step is').selectOption('an API write');
    await page.getByRole('button', { name: 'Onward' }).click();
    await expect(page.getByText(/ (created|updated|deleted)$/).first()).toBeVisible();
    const written = await hashes();
    await page.getByRole('button', { name: 'Backward' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'You look at' })).toBeVisible();
    await expect.poll(hashes).not.toBe(written);
    await page.getByRole('button', { name: 'Onward' }).click();
    await expect.poll(hashes).toBe(written);

    await page.getByRole('button', { name: 'Chapters' }).click();
    await page.getByRole('button', { name: 'You cut the power of node-1.' }).click();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');
    expect(await virtualSeconds(page)).toBeLessThanOrEqual(cut);
  });
});
