/** What hands bring onto the stage: an app from the library that is scaled, rolled and broken, and another language. */
import { expect, test } from '@playwright/test';
import { applyManifest, inspector, machine, openCluster, outcome, pods, setSpeed } from './cluster-page';

test('an app dropped from the library runs; it is scaled, rolled to another image, and broken by one that is not there', async ({
  page,
}) => {
  await openCluster(page, '?scenario=empty', undefined, 0);
  await page.getByRole('button', { name: 'Library of apps and faults' }).click();
  const web = page.getByRole('dialog', { name: 'Library' }).getByRole('button', { name: 'Web server' });
  await web.scrollIntoViewIfNeeded();
  const card = (await web.boundingBox())!;
  const zone = (await page.locator('[data-kind="Zone"]').first().boundingBox())!;
  await page.mouse.move(card.x + 20, card.y + 10);
  await page.mouse.down();
  await page.mouse.move(zone.x + 30, zone.y + 12, { steps: 6 });
  await page.mouse.up();
  await setSpeed(page, 60);
  await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(4);

  await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('6');
  await page.keyboard.press('Enter');
  await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(6);

  const withImage = (image: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 6\n  selector: {matchLabels: {app: web}}\n` +
    `  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: nginx, image: '${image}'}]\n`;
  const [old = ''] = await pods(page, { of: 'web-' }).evaluateAll((chips) =>
    chips.map((chip) => chip.getAttribute('data-name') ?? ''),
  );
  await applyManifest(page, withImage('nginx:1.28'));
  await expect(outcome(page)).toContainText('deployment.apps/web configured');
  await expect(pods(page, { of: old })).toHaveCount(0);
  await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(6);

  await applyManifest(page, withImage('nginx:no-such'));
  await expect(page.locator('[data-kind="Pod"][data-state="ImagePullBackOff"]').first()).toBeVisible({
    timeout: 20_000,
  });
  await expect(pods(page, { of: 'web-', state: 'Running' })).not.toHaveCount(0);
});

test('another language at once, with the run as it was, and remembered', async ({ page }) => {
  await openCluster(page);
  await page.getByRole('button', { name: 'Switch to simplified Chinese' }).click();
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');
  await page.reload();
  await expect(page.getByRole('heading', { name: '概览' })).toBeVisible();
  await page.getByRole('button', { name: '切换到英文' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
});

test('faults by the other button: a pod’s container stands still, which its chip tells; a zone is parted from another; both are healed', async ({
  page,
}) => {
  await openCluster(page);
  const [name = ''] = await pods(page, { of: 'web-' }).evaluateAll((chips) =>
    chips.map((chip) => chip.getAttribute('data-name') ?? ''),
  );
  const chip = pods(page, { of: name });
  await chip.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pause container' }).click();
  await expect(chip).toHaveAttribute('data-real', 'false');
  await page.getByRole('button', { name: 'Heal', exact: true }).click();
  await expect(chip).toHaveAttribute('data-real', 'true');

  const zone = (await page.locator('[data-kind="Zone"][data-name="zone-a"]').boundingBox())!;
  await page.mouse.click(zone.x + 60, zone.y + 12, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Partition' }).click();
  await page.getByRole('combobox', { name: 'between zone-a' }).fill('zone-b');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Partition: between zone-a and zone-b.')).toBeVisible();
  const parted = (): Promise<number> => page.evaluate(() => kubarium.store.getState().mirror.faults.length);
  await expect.poll(parted).toBe(1);
  await page.keyboard.press('Control+z');
  await expect.poll(parted).toBe(0);
});
