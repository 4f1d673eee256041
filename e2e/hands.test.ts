/** What hands bring onto the stage: an app from the library that is scaled, rolled and broken, and another language. */
import { expect, test } from '@playwright/test';
import {
  applyManifest,
  expectStageTools,
  inspector,
  machine,
  openCluster,
  outcome,
  pods,
  setSpeed,
} from './cluster-page';

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
  await expectStageTools(page);
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

test('of a pod with several containers one is chosen: in the menu, where it is drawn, and in the palette', async ({
  page,
}) => {
  await openCluster(page);
  await applyManifest(
    page,
    `apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  containers:
    - {name: server, image: 'nginx:1.27'}
    - {name: exporter, image: 'nginx:1.27'}
`,
  );
  await expect(outcome(page)).toHaveText('pod/pair created');
  await page.keyboard.press('Escape');
  const chip = pods(page, { of: 'pair' });
  await expect(chip).toHaveAttribute('data-state', 'Running');
  const faults = (): Promise<readonly (string | undefined)[]> =>
    page.evaluate(() =>
      kubarium.store
        .getState()
        .mirror.faults.map(({ fault }) => ('container' in fault ? `${fault.type} ${fault.container}` : fault.type)),
    );

  await chip.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pause container' }).hover();
  await page.getByRole('menuitem', { name: 'exporter' }).click();
  await expect(page.getByText('Pause container: default/pair/exporter.')).toBeVisible();
  await expect.poll(faults).toEqual(['pause-process exporter']);
  await page.getByRole('button', { name: 'Dismiss' }).click();

  await chip.scrollIntoViewIfNeeded();
  const { x, y } = (await chip.boundingBox())!;
  await page.mouse.move(x + 8, y + 8);
  const drawn = page.locator('.near-container[data-container="exporter"]');
  await expect(async () => {
    await page.mouse.wheel(0, -400);
    await expect(drawn).toBeVisible({ timeout: 500 });
  }).toPass();
  const mark = (await drawn.boundingBox())!;
  await page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Heal Pause container' }).click();
  await expect.poll(faults).toEqual([]);

  await chip.focus();
  await page.keyboard.press('ContextMenu'); // a key points at no container
  await page.getByRole('menuitem', { name: 'Pause container' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: 'server' }).press('Enter');
  await expect.poll(faults).toEqual(['pause-process server']);

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find an app' }).fill('kill container');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'on what?' }).fill('pair');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'which one of default/pair?' }).fill('exporter');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Kill container: default/pair/exporter.')).toBeVisible();
});
