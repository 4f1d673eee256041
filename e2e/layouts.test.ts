/** The stage by workload and by service: chosen by hand, by key and in the address; what is on it answers as by machine. */
import { expect, test } from '@playwright/test';
import { inspector, machine, openCluster, pause, pods, setSpeed } from './cluster-page';

test('the stage is laid out by workload: a pod is chosen and deleted, its ReplicaSet makes another, and back by machine', async ({
  page,
}) => {
  await openCluster(page);
  const choice = page.getByRole('group', { name: 'Arrange by' });
  await choice.hover();
  await choice.getByRole('button', { name: 'Workloads' }).click();
  const web = page.getByRole('article', { name: 'Deployment default/web,' });
  await expect(web).toHaveAccessibleName('Deployment default/web, 6 of 6 ready');
  await expect(machine(page, 'node-1')).toHaveCount(0);
  await expect(page.getByRole('article', { name: 'Static pods' })).toBeVisible();
  expect(new URL(page.url()).searchParams.get('by')).toBe('workload');

  const chips = pods(web);
  await expect(chips).toHaveCount(6);
  const name = await chips.first().getAttribute('data-name');
  await chips.first().click();
  await expect(inspector(page).getByRole('heading', { name: name! })).toBeVisible();
  await setSpeed(page, 10);
  await web.locator(`[data-kind="Pod"][data-name="${name}"]`).press('Delete');
  await expect(web.locator(`[data-kind="Pod"][data-name="${name}"]`)).toHaveCount(0);
  await expect(pods(web, { state: 'Running' })).toHaveCount(6);

  await web.getByRole('button', { name: /^ReplicaSet default\/web-/ }).click();
  await expect(inspector(page)).toContainText('ReplicaSet');

  // A reload shows the same; the key for machines brings them back.
  await page.reload();
  await expect(web).toBeVisible();
  await expect(choice).toBeVisible();
  await page.keyboard.press('1');
  await expect(machine(page, 'node-1')).toBeVisible();
  expect(new URL(page.url()).searchParams.has('by')).toBe(false);
});

test('the stage by service tells endpoints that are in the slice but do not answer from those that do', async ({
  page,
}) => {
  await page.goto('/?by=service');
  const web = page.getByRole('article', { name: 'Service default/web, 6 of 6 ready' });
  await expect(web).toBeVisible();
  await expect(web).not.toContainText('not answer');
  await page.evaluate(() =>
    kubarium.link.input({ type: 'fault', id: 'dark', fault: { type: 'power-off', machine: 'node-1' } }),
  );
  await expect(web).toContainText(/\d endpoints? do(es)? not answer/);
  await pause(page);
  await expect(page.getByRole('article', { name: 'Pods in no Service' }).first()).toBeVisible();
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Find an app' }).fill('cache');
  await page
    .getByRole('option', { name: /^cache/ })
    .first()
    .click();
  await expect(inspector(page).getByRole('heading', { name: 'cache' })).toBeVisible();
});

test('lines show who takes a pod and who made it; what is not on the stage stands beside it, and is chosen there', async ({
  page,
}) => {
  await openCluster(page);
  await page.getByRole('button', { name: 'Lines between things' }).click();
  await page.getByRole('checkbox', { name: 'Selection', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Ownership' }).check();
  await expect(page.getByText('Select something on the stage.')).toBeVisible();
  await pods(machine(page, 'node-2'), { of: 'web-' }).first().click();
  await expect(page.locator('.edge[data-kind="selection"]')).toHaveCount(1);
  await expect(page.locator('.edge[data-kind="ownership"]')).toHaveCount(2);
  await page.getByRole('button', { name: 'Service web', exact: true }).click();
  await expect(inspector(page).getByRole('heading', { name: 'web' })).toBeVisible();
  await expect(page.locator('.edge[data-kind="selection"]')).toHaveCount(6);
});

test('a machine that is pinned tells its state whatever is selected, and is selected from its pin', async ({
  page,
}) => {
  await openCluster(page);
  await machine(page, 'node-2').getByRole('heading', { name: 'node-2' }).click();
  await inspector(page).getByRole('button', { name: 'Pin to the stage' }).click();
  await pods(machine(page, 'node-1')).first().click();
  const shelf = page.getByRole('list', { name: 'Pinned' });
  await expect(shelf).toContainText('Ready');
  await page.evaluate(() =>
    kubarium.link.input({ type: 'fault', id: 'dark', fault: { type: 'power-off', machine: 'node-2' } }),
  );
  await expect(shelf).toContainText('no power · API: Ready');
  await shelf.getByRole('button', { name: /^node-2/ }).click();
  await expect(inspector(page).getByRole('heading', { name: 'node-2' })).toBeVisible();
  await shelf.getByRole('button', { name: 'Unpin node-2' }).click();
  await expect(shelf).toHaveCount(0);
});
