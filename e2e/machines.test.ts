import { expect, test } from '@playwright/test';
import {
  applyManifest,
  closeSelection,
  expectEvent,
  inspector,
  machine,
  namesOf,
  openCluster,
  openTab,
  outcome,
  pods,
  runFor,
  setSpeed,
  takeFromMenu,
} from './cluster-page';

test.describe('machines', () => {
  test('a worker is added to a zone and gets pods; it is removed and its pods move', async ({ page }) => {
    await openCluster(page);
    await page.getByRole('button', { name: 'Add a worker to zone-b' }).click();
    await setSpeed(page, 60);
    await expect(machine(page, 'node-5')).toHaveAttribute('data-state', 'Ready');
    await expectEvent(page, { reason: 'NodeReady', message: 'Node node-5 status is now: NodeReady' });

    await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('20');
    await page.keyboard.press('Enter');
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(20);
    expect(await pods(machine(page, 'node-5')).count()).toBeGreaterThan(0);

    await takeFromMenu(page, 'node-5', 'Remove machine');
    await expect(machine(page, 'node-5')).toHaveCount(0);
    await setSpeed(page, 100);
    await expect(inspector(page).getByText('20 of 20 ready')).toBeVisible({ timeout: 15_000 });

    await page.getByRole('button', { name: 'Add a worker machine' }).click();
    await expect(page.locator('[data-kind="Machine"]')).toHaveCount(6);
  });

  test('a cordoned node gets no new pods until it is uncordoned', async ({ page }) => {
    await openCluster(page);
    await takeFromMenu(page, 'node-1', 'Cordon');
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/Ready,SchedulingDisabled/);
    const before = await namesOf(pods(machine(page, 'node-1')));
    await setSpeed(page, 60);
    await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('12');
    await page.keyboard.press('Enter');
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(12);
    expect(await namesOf(pods(machine(page, 'node-1')))).toEqual(before);

    await takeFromMenu(page, 'node-1', 'Uncordon');
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/^Machine node-1, Ready, \d+ pods$/);
    await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('20');
    await page.keyboard.press('Enter');
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(20);
    expect(await pods(machine(page, 'node-1')).count()).toBeGreaterThan(before.length);
  });

  test('a machine whose cable is cut runs on though the API calls it NotReady; plugged in, it is Ready with the same pods', async ({
    page,
  }) => {
    await openCluster(page);
    const node = machine(page, 'node-2');
    const before = await namesOf(pods(node));
    await takeFromMenu(page, 'node-2', 'Cut the cable');
    await expect(node).toHaveAccessibleName(/cable cut · API: Ready/);
    await runFor(page, 70);
    await expect(node).toHaveAttribute('data-state', 'NotReady');
    await expect(node).toHaveAccessibleName(/cable cut · API: NotReady/);
    for (const name of before) await expect(pods(node, { of: name })).toHaveAttribute('data-real', 'true');

    await takeFromMenu(page, 'node-2', 'Plug the cable in');
    await setSpeed(page, 10);
    await expect(node).toHaveAttribute('data-state', 'Ready');
    expect(await namesOf(pods(node))).toEqual(before);
  });

  test('the inspector tells of a machine, a Deployment and a pod: summary, YAML, Events', async ({ page }) => {
    await openCluster(page);
    await machine(page, 'node-1').getByRole('heading', { name: 'node-1' }).click();
    const summary = inspector(page).getByRole('tabpanel', { name: 'Summary' });
    await expect(summary).toContainText('zone-a');
    await expect(summary).toContainText('Last heartbeat');
    const yaml = await openTab(page, 'YAML');
    await expect(yaml.getByRole('textbox', { name: 'YAML of Node node-1' })).toContainText('kind: Node');
    await expect(await openTab(page, 'Events')).toContainText('Node node-1 status is now: NodeReady');

    await closeSelection(page);
    await inspector(page).getByRole('button', { name: 'web', exact: true }).first().click();
    await expect(inspector(page).getByRole('heading', { name: 'web' })).toBeVisible();
    await openTab(page, 'Events');
    await expect(inspector(page).getByRole('tabpanel')).toContainText(/Scaled up replica set web-\w+ from 0 to 6/);
    await openTab(page, 'Summary');
    await expect(inspector(page).getByRole('tabpanel')).toContainText('nginx:1.27');

    await pods(page, { of: 'cache-' }).first().click();
    await expect(inspector(page).getByRole('tabpanel')).toContainText('1 of 1 containers run');
    await openTab(page, 'YAML');
    await expect(inspector(page).getByRole('textbox', { name: /^YAML of Pod cache-/ })).toContainText('kind: Pod');
  });

  test('why a replacement pod is there reaches back to the hand that cut the power', async ({ page }) => {
    await openCluster(page);
    const before = new Set(await namesOf(pods(page)));
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await runFor(page, 400);
    await expect(pods(page, { state: 'Running' })).toHaveCount(8);
    const replacement = (await namesOf(pods(page, { state: 'Running' }))).find((name) => !before.has(name))!;
    await pods(page, { of: replacement }).click();
    const why = await openTab(page, 'Why');
    await expect(why.getByRole('listitem').first()).toContainText('You cut the power of node-1.');
    await expect(why.getByRole('listitem').last()).toContainText(/node-[234]|Running|running|kubelet/);
    expect(await why.getByRole('listitem').count()).toBeGreaterThan(4);
  });

  test('a pod that is deleted is replaced', async ({ page }) => {
    await openCluster(page);
    await setSpeed(page, 10);
    const [name = ''] = await namesOf(pods(page, { of: 'web-' }));
    await pods(page, { of: name }).click();
    await inspector(page).getByRole('button', { name: 'Delete Pod' }).click();
    await expect(pods(page, { of: name })).toHaveCount(0, { timeout: 10_000 });
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(6);
    await applyManifest(page, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: after}\n');
    await expect(outcome(page)).toHaveText('configmap/after created');
  });
});
