import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import {
  applyManifest,
  inspector,
  machine,
  openCluster,
  openTab,
  outcome,
  pause,
  pods,
  namesOf,
  runFor,
  setSpeed,
} from './cluster-page';

/** What axe finds, as short lines: which rule, where. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} at ${target.join(' ')}`));
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`in the ${colorScheme} theme, axe finds nothing wrong with`, () => {
    test.use({ colorScheme });

    test('the start, a selected machine, a story of why, the editor with an error, and a menu', async ({ page }) => {
      await openCluster(page);
      await pause(page);
      await test.step('the start', async () => expect(await violations(page)).toEqual([]));

      await machine(page, 'node-1').focus();
      await page.keyboard.press('Enter');
      await expect(inspector(page).getByRole('tab', { name: 'Summary' })).toBeVisible();
      await test.step('a selected machine', async () => expect(await violations(page)).toEqual([]));

      await page.keyboard.press('Escape');
      const first = await namesOf(pods(page, { of: 'web-' }));
      await machine(page, 'node-1').focus();
      await page.keyboard.press('Delete');
      await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
      await runFor(page, 390);
      // What led to a pod of the start may no longer be kept; a replacement is young.
      const replacement = (await namesOf(pods(page, { of: 'web-' }))).find((name) => !first.includes(name)) ?? 'none';
      await pods(page, { of: replacement }).click();
      await openTab(page, 'Why');
      await expect(inspector(page).getByRole('listitem').first()).toBeVisible();
      await machine(page, 'node-2').getByRole('button', { name: 'Menu of node-2' }).click();
      await expect(page.getByRole('menuitem', { name: 'Power off' })).toBeVisible();
      await test.step('an incident, its why, and a menu', async () => expect(await violations(page)).toEqual([]));
      await page.keyboard.press('Escape');
      await expect(page.getByRole('menuitem')).toHaveCount(0);

      await openTab(page, 'YAML');
      await applyManifest(page, 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: three}\n');
      await expect(outcome(page)).toContainText('Error from server');
      await expect(inspector(page).getByRole('textbox', { name: /^YAML of Pod web-/ })).toBeVisible();
      await test.step('the editor and a live object', async () => expect(await violations(page)).toEqual([]));
    });
  });
}

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('60 times Tab did not lead there');
}

const hasFocus = (page: Page, attribute: string, value: string) => (): Promise<boolean> =>
  page.evaluate(([name = '', wanted]) => document.activeElement?.getAttribute(name) === wanted, [attribute, value]);

test('with the keyboard alone: to a machine, look into it, cut its power, put it on again', async ({ page }) => {
  await openCluster(page);
  await tabTo(page, hasFocus(page, 'data-name', 'node-1'));
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('heading', { name: 'node-1' })).toBeVisible();
  await expect(machine(page, 'node-1')).toBeFocused();

  await page.keyboard.press('Delete');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
  await tabTo(page, hasFocus(page, 'aria-label', 'Power on node-1'));
  await page.keyboard.press('Enter');
  await setSpeed(page, 60);
  await expect(machine(page, 'node-1')).toHaveAttribute('data-power', 'on');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');
});

test('with the keyboard alone: space lifts a machine, the dock has the focus, Enter drops it there, Escape puts it down', async ({
  page,
}) => {
  await openCluster(page);
  const dock = page.getByRole('button', { name: 'Power-off dock' });
  await machine(page, 'node-2').focus();
  await page.keyboard.press('Space');
  await expect(dock).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dock).toHaveCount(0);
  await expect(machine(page, 'node-2')).toBeFocused();
  await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Ready');

  await page.keyboard.press('Space');
  await expect(dock).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Off');
  await expect(machine(page, 'node-2')).toBeFocused();
});
