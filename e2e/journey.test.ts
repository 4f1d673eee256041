/** The main journey, once with the keyboard alone and once with a finger: the app runs, a worker dies, comes back, the app is scaled, Events are read. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { dock, eventRows, inspector, machine, openCluster, pods, setSpeed } from './cluster-page';
import { Finger, middleOf } from './finger';

/** Presses Tab until the thing has the focus. */
async function tabTo(page: Page, thing: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab', most = 90): Promise<void> {
  for (let pressed = 0; pressed < most; pressed++) {
    if (await thing.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${most} times ${key} did not lead to ${String(thing)}`);
}

const speed = (page: Page, factor: number): Locator =>
  page.getByRole('button', { name: `${factor} times real time`, exact: true });
const events = (page: Page): Locator => page.getByRole('table', { name: 'Events' });

test('with the keyboard alone', async ({ page }) => {
  test.slow();
  await openCluster(page);
  await tabTo(page, machine(page, 'node-1'));
  await page.keyboard.press('Delete');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');

  await tabTo(page, speed(page, 100), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(pods(page, { state: 'Terminating' })).not.toHaveCount(0, { timeout: 20_000 });

  await tabTo(page, machine(page, 'node-1').getByRole('button', { name: 'Power on node-1' }));
  await page.keyboard.press('Enter');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');

  await tabTo(page, inspector(page).getByRole('textbox', { name: 'Replicas of web' }));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('9');
  await page.keyboard.press('Enter');
  await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(9);

  await tabTo(page, page.getByRole('searchbox', { name: 'Search' }));
  await page.keyboard.type('to 9');
  await expect(events(page)).toContainText('ScalingReplicaSet');

  // Every object is a few letters away.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Find an app' })).toBeFocused();
  await page.keyboard.type('node-3');
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('heading', { name: 'node-3' })).toBeVisible();
});

test('the tour: it goes on by itself as its things happen, is left, and begins again from the palette', async ({
  page,
}) => {
  await openCluster(page);
  const tour = page.getByRole('region', { name: 'Tour' });
  await expect(tour).toContainText('Drag node-1 into the dock');
  await tabTo(page, tour.getByRole('button', { name: 'Take the tour' }));
  await page.keyboard.press('Enter');
  await expect(tour).toContainText('1 of 6');
  await machine(page, 'node-1').focus();
  await page.keyboard.press('Delete');
  await expect(tour).toContainText('node-1 is dark, but the API still says Ready');
  await setSpeed(page, 100);
  await expect(tour).toContainText('has taken the place of a lost pod', { timeout: 20_000 });
  await setSpeed(page, 1);
  const replacement = /^\S+/.exec((await tour.getByRole('status').textContent()) ?? '')?.[0] ?? 'none';
  await pods(page, { of: replacement }).click();
  await inspector(page).getByRole('tab', { name: 'Why' }).click();
  await expect(tour).toContainText('Switch node-1 on again');
  await machine(page, 'node-1').getByRole('button', { name: 'Power on node-1' }).click();
  await expect(tour).toContainText('That was a node failure');
  await tour.getByRole('button', { name: 'Done' }).click();
  await expect(tour).toHaveCount(0);

  await page.reload();
  await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Ready');
  await expect(tour).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Find an app' })).toBeFocused();
  await page.keyboard.type('tour');
  await page.keyboard.press('Enter');
  await expect(tour).toContainText('1 of 6');
});

test.describe('with a finger, on a tablet', () => {
  test.use({ hasTouch: true, viewport: { width: 820, height: 1180 } });

  test('a machine is dragged into the dock and comes back, the app is scaled, a long press opens a menu', async ({
    page,
  }) => {
    await openCluster(page);
    const finger = await Finger.of(page);
    const head = await middleOf(machine(page, 'node-1').getByRole('heading', { name: 'node-1' }));
    await finger.put(head);
    await finger.moveTo({ x: head.x + 40, y: head.y + 40 });
    await expect(dock(page)).toBeVisible();
    await finger.moveTo(await middleOf(dock(page)));
    await finger.lift();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');

    await machine(page, 'node-1').getByRole('button', { name: 'Power on node-1' }).tap();
    await speed(page, 60).tap();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');

    await inspector(page).getByRole('button', { name: 'Scale web up' }).tap();
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(7);
    const scaled = { reason: 'ScalingReplicaSet', message: /from 6 to 7$/ };
    await expect((await eventRows(page, 'from 6 to 7', scaled)).first()).toBeVisible();

    await finger.put(await middleOf(machine(page, 'node-2').getByRole('heading', { name: 'node-2' })));
    await expect(page.getByRole('menuitem', { name: 'Cordon', exact: true })).toBeVisible();
    await finger.lift();
    await page.getByRole('menuitem', { name: 'Cordon', exact: true }).tap();
    await expect(machine(page, 'node-2')).toHaveAccessibleName(/SchedulingDisabled/);
  });
});
