/** The camera comes to what is chosen elsewhere; several things are picked for one action. */
import { expect, test } from '@playwright/test';
import { inspector, machine, openCluster, setSpeed } from './cluster-page';
import { generateCluster } from './generated-cluster';

test('two machines are picked by Shift and a click, cordoned together, and put down by Escape', async ({ page }) => {
  await openCluster(page);
  await setSpeed(page, 10);
  for (const name of ['node-1', 'node-3'])
    await machine(page, name)
      .getByRole('heading', { name })
      .click({ modifiers: ['Shift'] });
  const bar = page.getByRole('toolbar', { name: 'What is picked' });
  await expect(bar).toContainText('2 machines');
  await bar.getByRole('button', { name: 'Cordon', exact: true }).click();
  for (const name of ['node-1', 'node-3'])
    await expect(machine(page, name)).toHaveAccessibleName(/Ready,SchedulingDisabled/);
  await expect(machine(page, 'node-2')).not.toHaveAccessibleName(/SchedulingDisabled/);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
});

test('a machine of 1,000 that the palette finds is flown to, and the map shows where it is', async ({ page }) => {
  await page.addInitScript(generateCluster, { nodes: 1000, pods: 30_000, zones: 3, changesPerSecond: 50 });
  await page.goto('/');
  await expect(inspector(page)).toContainText('of 1001 nodes Ready');
  const map = page.getByRole('img', { name: 'Map of the whole cluster' });
  await expect(map).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find an app' }).fill('node-777');
  await page.getByRole('option', { name: 'node-777' }).first().click();
  await expect(machine(page, 'node-777')).toBeInViewport();
  await expect(machine(page, 'node-777')).toHaveAttribute('data-selected', 'true');
  await expect(map).toBeVisible();
});
