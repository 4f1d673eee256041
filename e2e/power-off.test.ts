import { expect, test } from '@playwright/test';
import {
  carry,
  dock,
  dropIntoDock,
  expectEvent,
  eventRows,
  machine,
  namesOf,
  openCluster,
  pause,
  pods,
  setSpeed,
  takeFromMenu,
  virtualSeconds,
} from './cluster-page';

test.describe('cutting the power of a worker', () => {
  test('by dragging it into the dock: Kubernetes learns of it, waits, evicts, replaces, and takes the machine back', async ({
    page,
  }) => {
    await openCluster(page);
    const node = machine(page, 'node-1');
    const old = await namesOf(pods(node));
    expect(old.length).toBeGreaterThan(0);
    await expect(dock(page)).toHaveCount(0);

    await carry(page, 'node-1');
    await dropIntoDock(page);

    // What is true is shown at once, what the API believes beside it.
    await expect(node).toHaveAttribute('data-state', 'Off');
    await expect(node).toHaveAccessibleName(`Machine node-1, no power · API: Ready, ${old.length} pods`);
    await expect(dock(page)).toHaveCount(0);
    for (const name of old) {
      const pod = node.getByRole('button', { name: new RegExp(`^Pod default/${name}, Running, on node-1`) });
      await expect(pod).toHaveAttribute('data-real', 'false');
    }
    const off = await virtualSeconds(page);

    // The grace period of 50 s counts from when the controller saw the last heartbeat (at most 10 s old when the
    // power went, seen up to 5 s later) and is looked at every 5 s: 40 to 60 s, less what the pause took.
    await setSpeed(page, 100);
    await expectEvent(page, {
      reason: 'NodeNotReady',
      object: 'node/node-1',
      message: 'Node node-1 status is now: NodeNotReady',
    });
    await expect(node).toHaveAccessibleName(/no power · API: NotReady/);
    for (const name of old) {
      await expectEvent(page, { reason: 'NodeNotReady', object: `pod/${name}`, message: 'Node is not ready' });
      await expectEvent(page, {
        reason: 'TaintManagerEviction',
        object: `pod/${name}`,
        message: `Marking for deletion Pod default/${name}`,
      });
    }
    await expect(pods(page, { state: 'Running' })).toHaveCount(8);
    await expect(pods(node, { state: 'Terminating' })).toHaveCount(old.length);
    await pause(page);

    const timeOf = async (reason: string, message: string): Promise<number> => {
      const rows = await eventRows(page, message, { reason, message });
      const text = (await rows.first().getByRole('cell').first().textContent()) ?? '';
      const [hours = NaN, minutes = NaN, seconds = NaN] = text.split(':').map(Number);
      return hours * 3600 + minutes * 60 + seconds;
    };
    const notReady = await timeOf('NodeNotReady', 'Node node-1 status is now: NodeNotReady');
    expect(notReady - off).toBeGreaterThanOrEqual(38);
    expect(notReady - off).toBeLessThanOrEqual(60);
    const evicted = await timeOf('TaintManagerEviction', `Marking for deletion Pod default/${old[0]}`);
    expect(evicted - notReady).toBeGreaterThanOrEqual(299);
    expect(evicted - notReady).toBeLessThanOrEqual(307);

    const others = page.locator('[data-kind="Machine"]:not([data-name="node-1"])');
    const replacements = await namesOf(pods(others));
    expect(replacements).toHaveLength(8);
    const rows = await eventRows(page, 'Successfully assigned', {
      reason: 'Scheduled',
      message: /^Successfully assigned default\/\S+ to node-[234]$/,
    });
    await expect(rows.first()).toBeVisible();
    const assigned = (await rows.first().getByRole('cell').nth(4).textContent()) ?? '';
    expect(replacements.some((name) => assigned.includes(name))).toBe(true);

    await node.getByRole('button', { name: 'Power on node-1' }).click();
    await setSpeed(page, 60);
    await expect(node).toHaveAttribute('data-state', 'Ready');
    await expectEvent(page, {
      reason: 'NodeReady',
      object: 'node/node-1',
      message: 'Node node-1 status is now: NodeReady',
    });
    for (const name of old) await expect(page.locator(`[data-kind="Pod"][data-name="${name}"]`)).toHaveCount(0);
    await expect(pods(page, { state: 'Running' })).toHaveCount(8);
  });

  test('a machine that is let go elsewhere stays on', async ({ page }) => {
    await openCluster(page);
    await carry(page, 'node-2');
    await expect(dock(page)).toBeVisible();
    await page.mouse.up();
    await expect(dock(page)).toHaveCount(0);
    await expect(machine(page, 'node-2')).toHaveAttribute('data-state', 'Ready');
  });

  test('by Delete on the machine that has the focus', async ({ page }) => {
    await openCluster(page);
    await machine(page, 'node-3').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-3')).toHaveAttribute('data-state', 'Off');
    await expect(machine(page, 'node-3')).toHaveAccessibleName(/no power · API: Ready/);
    await expect(page.getByRole('status', { name: 'Messages' })).toContainText('node-3 has no power.');
  });

  test('by its menu, and back by the same menu', async ({ page }) => {
    await openCluster(page);
    await takeFromMenu(page, 'node-4', 'Power off');
    await expect(machine(page, 'node-4')).toHaveAttribute('data-state', 'Off');
    await takeFromMenu(page, 'node-4', 'Power on');
    await setSpeed(page, 60);
    await expect(machine(page, 'node-4')).toHaveAttribute('data-state', 'Ready');
    await expectEvent(page, { reason: 'NodeReady', message: 'Node node-4 status is now: NodeReady' });
  });
});
