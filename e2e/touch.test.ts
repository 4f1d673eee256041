/** Every gesture of the hands with a finger, on a tablet and on a phone. Dragging a machine and the long press: `journey.test.ts`. */
import { expect, test, type Page } from '@playwright/test';
import { applyManifest, dock, machine, namesOf, openCluster, outcome, pods, setSpeed } from './cluster-page';
import { Finger, middleOf } from './finger';

/** A cluster with the event log in its place: that comes once the start is over, and the stage moves with it. */
async function openStill(page: Page): Promise<void> {
  await openCluster(page);
  await expect(page.getByRole('region', { name: 'Event log' }).getByRole('row').nth(1)).toBeVisible();
}

test.use({ hasTouch: true, viewport: { width: 820, height: 1180 } });

test('a pod is pulled out of its node and deleted; one that is carried to another node stays, and is told why', async ({
  page,
}) => {
  await openStill(page);
  await setSpeed(page, 1);
  const finger = await Finger.of(page);
  const [stays = ''] = await namesOf(pods(machine(page, 'node-1'), { of: 'web-' }));
  await finger.drag(
    await middleOf(pods(page, { of: stays })),
    await middleOf(machine(page, 'node-2').getByRole('heading', { name: 'node-2' })),
  );
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText(stays);
  await expect(pods(machine(page, 'node-1'), { of: stays })).toHaveCount(1);

  const stage = (await page.getByRole('region', { name: 'Stage', exact: true }).boundingBox())!;
  await finger.drag(await middleOf(pods(page, { of: stays })), { x: stage.x + 8, y: stage.y + stage.height / 2 });
  await expect(pods(page, { of: stays }).and(page.locator('[data-state="Terminating"]'))).toHaveCount(1);
});

test('a cable is cut by a tap where it enters its machine, and plugged in by another', async ({ page }) => {
  await openStill(page);
  const grip = page.locator('[data-cable="node-4"]');
  const tap = async (): Promise<void> => {
    const finger = await Finger.of(page);
    const at = await grip.evaluate((path: SVGPathElement) => {
      const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM()!);
      return { x, y };
    });
    await finger.put(at);
    await finger.lift();
  };
  await tap();
  await expect(machine(page, 'node-4')).toHaveAccessibleName(/cable cut · API: Ready/);
  await tap();
  await expect(machine(page, 'node-4')).toHaveAccessibleName(/^Machine node-4, Ready/);
});

test('a fault and an app are carried from the library onto the stage', async ({ page }) => {
  await openStill(page);
  const finger = await Finger.of(page);
  const library = page.getByRole('dialog', { name: 'Library' });
  await page.getByRole('button', { name: 'Library of apps and faults' }).tap();
  const head = (name: string) => machine(page, name).getByRole('heading', { name });
  await finger.drag(await middleOf(library.getByRole('button', { name: 'Power off' })), await middleOf(head('node-3')));
  await expect(machine(page, 'node-3')).toHaveAttribute('data-state', 'Off');
  await finger.drag(await middleOf(library.getByRole('button', { name: 'Guestbook' })), await middleOf(head('node-1')));
  await expect(pods(page, { of: 'frontend-' })).not.toHaveCount(0);

  // A finger that goes up and down there scrolls the list, as anywhere.
  const card = await middleOf(library.getByRole('button', { name: '200 replicas' }));
  await finger.drag(card, { x: card.x, y: card.y - 200 });
  await expect(library.getByRole('button', { name: '200 replicas' })).not.toBeInViewport({ ratio: 0.99 });
  await expect(pods(page)).not.toHaveCount(200);
});

test('a tap selects, two fingers are not needed: a drag on the bare stage moves the camera', async ({ page }) => {
  await openStill(page);
  const finger = await Finger.of(page);
  const before = (await machine(page, 'node-1').boundingBox())!;
  const stage = (await page.getByRole('region', { name: 'Stage', exact: true }).boundingBox())!;
  const bare = { x: stage.x + stage.width / 2, y: stage.y + stage.height - 30 };
  await finger.drag(bare, { x: bare.x + 60, y: bare.y - 40 });
  await expect.poll(async () => (await machine(page, 'node-1').boundingBox())!.x - before.x).toBeGreaterThan(30);
  await pods(page, { of: 'cache-' }).first().tap();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading').first()).toHaveText(
    /^cache-/,
  );
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('a machine is dragged into the dock, and a manifest applied', async ({ page }) => {
    await openStill(page);
    const finger = await Finger.of(page);
    const head = await middleOf(machine(page, 'node-1').getByRole('heading', { name: 'node-1' }));
    await finger.put(head);
    await finger.moveTo({ x: head.x + 30, y: head.y + 30 });
    await expect(dock(page)).toBeInViewport({ ratio: 1 });
    await finger.moveTo(await middleOf(dock(page)));
    await finger.lift();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await applyManifest(page, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: small}\n');
    await expect(outcome(page)).toHaveText('configmap/small created');
  });

  test('the menu of lines has room on the stage, and what does not fit is scrolled to', async ({ page }) => {
    await openStill(page);
    await page.getByRole('button', { name: 'Lines between things' }).tap();
    const menu = page.getByRole('group', { name: 'Lines between things' });
    const stage = (await page.getByRole('region', { name: 'Stage', exact: true }).boundingBox())!;
    const box = (await menu.boundingBox())!;
    expect(box.y).toBeGreaterThan(stage.y);
    expect(box.x).toBeGreaterThan(stage.x);
    await menu.getByRole('checkbox').last().tap();
    await expect(menu.getByRole('checkbox').last()).toBeChecked();
    await menu.getByRole('checkbox').first().tap();
    await expect(menu.getByRole('checkbox').first()).toBeChecked();
  });
});
