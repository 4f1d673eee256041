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
