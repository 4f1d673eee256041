import { expect, test, type Page } from '@playwright/test';
import {
  expectEvent,
  machine,
  namesOf,
  openCluster,
  pause,
  pods,
  setSpeed,
  skipUntil,
  takeFromMenu,
} from './cluster-page';
import { recordingOf, replayInNode } from './replay';

const MINUTE = 60_000_000;

/** Cuts the power of node-1 and goes on to the moment at which its Node is NotReady. */
async function beginIncident(page: Page): Promise<readonly string[]> {
  await openCluster(page);
  await pause(page);
  const old = await namesOf(pods(machine(page, 'node-1')));
  await takeFromMenu(page, 'node-1', 'Power off');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
  await skipUntil(page, async () => /API: NotReady/.test(await labelOf(page, 'node-1')));
  return old;
}

const labelOf = async (page: Page, name: string): Promise<string> =>
  (await machine(page, name).getAttribute('aria-label')) ?? '';

async function endIncident(page: Page, old: readonly string[]): Promise<void> {
  await setSpeed(page, 100);
  for (const name of old) {
    await expectEvent(page, {
      reason: 'TaintManagerEviction',
      object: `pod/${name}`,
      message: `Marking for deletion Pod default/${name}`,
    });
  }
  await expect(pods(page, { state: 'Running' })).toHaveCount(8);
  await pause(page);
}

test.describe('reloading the tab in the middle of an incident', () => {
  test('goes on, and ends with the same hash as the same inputs without a reload', async ({ page }, info) => {
    const old = await beginIncident(page);
    const before = await recordingOf(page);
    await page.reload();

    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await expect(machine(page, 'node-1')).toHaveAccessibleName(/no power · API: NotReady/);
    const resumed = await recordingOf(page);
    expect(resumed.inputs).toEqual(before.inputs);
    expect(resumed.hash).toBe(before.hash);

    await endIncident(page, old);
    const recording = await recordingOf(page);
    expect(recording.until).toBeGreaterThan(before.until + 5 * MINUTE);
    expect(recording.inputs).toEqual(before.inputs);
    expect(await page.evaluate(() => kubarium.link.hash())).toBe(recording.hash);

    expect(replayInNode(recording, info)).toEqual({
      exitCode: 0,
      passed: true,
      hash: recording.hash,
      complaint: '',
    });
  });
});
