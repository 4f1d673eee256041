import { expect, test } from '@playwright/test';
import {
  applyManifest,
  closeSelection,
  openCluster,
  outcome,
  pause,
  runFor,
  setSpeed,
  skip,
  takeFromMenu,
} from './cluster-page';
import { recordingOf, replayInNode } from './replay';

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\ndata: {said: hello}\n';

test.describe('a recording made in Chromium', () => {
  test('replays in Node to the same hash, whatever the paces it was made at', async ({ page }, info) => {
    await openCluster(page);
    await takeFromMenu(page, 'node-2', 'Power off');
    await runFor(page, 30);
    await takeFromMenu(page, 'node-3', 'Cut the cable');
    await skip(page);
    await skip(page);
    await page.getByRole('button', { name: 'Step' }).click();
    await closeSelection(page);
    await page.getByRole('button', { name: 'Scale web up' }).click();
    await setSpeed(page, 1);
    await applyManifest(page, CONFIG);
    await expect(outcome(page)).toContainText('configmap/note created');
    await takeFromMenu(page, 'node-2', 'Power on');
    await runFor(page, 90);
    await setSpeed(page, 10);
    await pause(page);

    const recording = await recordingOf(page);
    expect(recording.inputs.map(({ action }) => action.type)).toEqual(['fault', 'fault', 'request', 'apply', 'heal']);
    expect(recording.hash).toBe(await page.evaluate(() => kubarium.link.hash()));
    expect(replayInNode(recording, info)).toEqual({
      exitCode: 0,
      passed: true,
      hash: recording.hash,
      complaint: '',
    });
  });
});
