import { expect, test, type Page } from '@playwright/test';
import {
  applyManifest,
  eventRows,
  expectEvent,
  inspector,
  namesOf,
  openCluster,
  outcome,
  pods,
  setSpeed,
} from './cluster-page';

const shop = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 4
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: server
          image: ${image}
`;

/** Types a number of replicas into a Deployment's stepper. */
async function scale(page: Page, name: string, replicas: number): Promise<void> {
  const stepper = inspector(page).getByRole('textbox', { name: `Replicas of ${name}` });
  await stepper.fill(String(replicas));
  await stepper.press('Enter');
  await expect(stepper).toHaveValue(String(replicas));
}

test.describe('a roll-out', () => {
  test('brings a new image to all pods; a broken image holds it while the old pods stay; the old image ends it', async ({
    page,
  }) => {
    await openCluster(page);
    await applyManifest(page, shop('nginx:1.27'));
    await expect(outcome(page)).toContainText('deployment.apps/shop created');
    await setSpeed(page, 60);
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(4);
    const first = await namesOf(pods(page, { of: 'shop-' }));

    await applyManifest(page, shop('nginx:1.28'));
    await expect(outcome(page)).toContainText('deployment.apps/shop configured');
    await expectEvent(page, {
      reason: 'ScalingReplicaSet',
      object: 'deployment/shop',
      message: await scaledUp(page),
    });
    for (const name of first) await expect(page.locator(`[data-kind="Pod"][data-name="${name}"]`)).toHaveCount(0);
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(4);
    const second = await namesOf(pods(page, { of: 'shop-' }));

    await applyManifest(page, shop('nginx:does-not-exist'));
    await expect(outcome(page)).toContainText('deployment.apps/shop configured');
    await expect(pods(page, { of: 'shop-', state: 'ImagePullBackOff' })).toHaveCount(2);
    await expectEvent(page, { reason: 'Failed', message: 'Error: ErrImagePull' });
    await expectEvent(page, { reason: 'Failed', message: 'Error: ImagePullBackOff' });
    await expectEvent(page, { reason: 'BackOff', message: 'Back-off pulling image "nginx:does-not-exist"' });
    const stayed = await namesOf(pods(page, { of: 'shop-', state: 'Running' }));
    expect(stayed).toHaveLength(3);
    expect(stayed.every((name) => second.includes(name))).toBe(true);

    await applyManifest(page, shop('nginx:1.28'));
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(4);
    await expect(pods(page, { of: 'shop-' })).toHaveCount(4);

    async function scaledUp(where: Page): Promise<string> {
      const message = /^Scaled up replica set shop-\w+ from 0 to 1$/;
      const rows = await eventRows(where, 'from 0 to 1', { reason: 'ScalingReplicaSet', message });
      await expect(rows.first()).toBeVisible();
      return (await rows.first().getByRole('cell').nth(4).textContent()) ?? '';
    }
  });

  test('the stepper scales to 0 and to 200; what has no room is Pending and the scheduler says why', async ({
    page,
  }) => {
    await openCluster(page);
    await setSpeed(page, 60);
    await scale(page, 'web', 0);
    await expect(pods(page, { of: 'web-' })).toHaveCount(0);
    await expect(inspector(page).getByText('0 of 0 ready')).toBeVisible();

    await inspector(page).getByRole('button', { name: 'Scale web up' }).click();
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(1);

    await scale(page, 'web', 200);
    // Four workers of 4 CPU hold 160 pods of 100m; the two of `cache` take as much.
    await expect(inspector(page).getByText('158 of 200 ready')).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole('group', { name: 'Pods without a node: 42' })).toBeVisible();
    await expect(pods(page, { of: 'web-', state: 'Running' })).toHaveCount(158);
    await expectEvent(page, {
      reason: 'FailedScheduling',
      message:
        '0/5 nodes are available: 1 node(s) had untolerated taint(s), 4 Insufficient cpu. ' +
        'preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, ' +
        '4 No preemption victims found for incoming pod.',
    });
  });
});
