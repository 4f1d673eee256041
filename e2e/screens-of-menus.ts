/** Screens of the menus of what stands on the stage, and of the cluster with racks and regions. A menu stands where it was opened: each look opens it anew. */
import { expect, type Locator, type Page } from '@playwright/test';
import { applyManifest, machine, outcome, pods, runFor, setSpeed } from './cluster-page';
import type { Story, TakeScreen } from './screens';

const PAIR = `apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  initContainers:
    - {name: proxy, image: 'nginx:1.27', restartPolicy: Always}
  containers:
    - {name: server, image: 'nginx:1.27'}
    - {name: exporter, image: 'nginx:1.27'}
`;

const entries = (page: Page): Locator => page.getByRole('menuitem');

/** The ground of a place lies under React Flow's pane: it is pressed where nothing else stands on it. */
async function onGround(page: Page, kind: 'Rack' | 'Zone'): Promise<void> {
  const box = (await page.locator(`.stage [data-kind="${kind}"]`).first().boundingBox())!;
  await page.mouse.click(box.x + 3, box.y + box.height - 3, { button: 'right' });
}

async function takeMenus(page: Page, take: TakeScreen): Promise<void> {
  const open = (name: string, press: () => Promise<void>, andThen?: () => Promise<void>): Promise<void> =>
    take(name, async () => {
      await page.getByRole('button', { name: /^(Show the whole cluster|显示整个集群)$/ }).click();
      await press();
      await entries(page).first().waitFor();
      await andThen?.();
    });
  const byHand = (thing: Locator) => () => thing.click({ button: 'right' });
  await open('pod-menu', byHand(pods(page, { of: 'web-' }).first()));
  await open('containers-menu', byHand(pods(page, { of: 'pair' })), async () => {
    await entries(page).first().press('ArrowRight');
    await expect(entries(page).filter({ hasText: 'exporter' })).toBeVisible();
  });
  await open('component-menu', byHand(page.locator('[data-kind="Process"]').first()));
  await open('rack-menu', () => onGround(page, 'Rack'));
  await open('zone-menu', () => onGround(page, 'Zone'));
  await open('faults-menu', byHand(machine(page, 'node-1').getByRole('heading')), async () => {
    await page.locator('[role="menuitem"][aria-haspopup]').press('ArrowRight');
    await expect(page.locator('[role="menu"] [role="menu"]')).toBeVisible();
  });
}

export const menus: Story = {
  name: 'menus',
  onDemand: true,
  async play(page, take) {
    await page.goto('/?seed=7&scenario=regions');
    await setSpeed(page, 60);
    await expect(page.getByText('17 of 17 nodes Ready')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Not now' }).click();
    await applyManifest(page, PAIR);
    await expect(outcome(page)).toContainText('created');
    await runFor(page, 30);
    await page.evaluate(() => kubarium.store.getState().setEditorOpen(false));
    await take('regions');
    await takeMenus(page, take);

    await page.getByRole('button', { name: 'Library of apps and faults' }).click();
    const library = page.getByRole('dialog', { name: 'Library' });
    await library.getByRole('button', { name: 'Partition' }).scrollIntoViewIfNeeded();
    await take('library-faults');
    await library.getByRole('button', { name: 'Kill container' }).click();
    const target = page.getByRole('combobox', { name: 'Kill container: on what?' });
    await target.waitFor();
    await take('palette-pods');
    await target.fill('pair');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'which one of default/pair?' }).waitFor();
    await expect(page.locator('.palette-row')).toHaveText([/^proxy/, /^server/, /^exporter/]);
    await take('palette-containers');
  },
};
