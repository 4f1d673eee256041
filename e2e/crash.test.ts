import { expect, test, type Page } from '@playwright/test';
import { machine, openCluster, pods, setSpeed, virtualSeconds } from './cluster-page';

/** A script may hand the engine what no page would: a manifest that is no text. It meets kubectl inside the run, which throws. */
const breakEngine = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const manifest = 42 as unknown as string;
    void kubarium.link.input({ type: 'apply', ticket: 'broken', manifest });
  });

test.describe('when the engine throws', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('the page says so, copies a report that can be replayed, and goes on from the last checkpoint', async ({
    page,
  }) => {
    await openCluster(page);
    const before = await virtualSeconds(page);
    await breakEngine(page);

    const panel = page.getByRole('dialog', { name: 'The engine has stopped: this is our bug' });
    await expect(panel).toBeVisible();
    await expect(panel).toContainText(/Seed 7, event \d+/);
    await panel.getByRole('button', { name: 'Copy report' }).click();
    await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible();
    const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
      message: string;
      stack: string;
      recording: { seed: number; inputs: readonly unknown[] };
    };
    expect(report.message).not.toBe('');
    expect(report.stack).toContain(report.message);
    expect(report.recording.seed).toBe(7);
    expect(report.recording.inputs).toHaveLength(1);

    await panel.getByRole('button', { name: 'Go on from the last checkpoint' }).click();
    await expect(panel).toHaveCount(0);
    await setSpeed(page, 10);
    await expect.poll(() => virtualSeconds(page)).toBeGreaterThan(before + 5);
    await expect(pods(page, { state: 'Running' })).toHaveCount(8);
    await machine(page, 'node-1').focus();
    await page.keyboard.press('Delete');
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
  });
});

test('when one panel throws, it alone says so, and comes back by its button; the stage stands', async ({ page }) => {
  await openCluster(page);
  const panels = [
    ['Events', 'logFilter'],
    ['Messages', 'notices'],
    ['Timeline', 'host'],
  ] as const;
  for (const [panel, part] of panels) {
    await test.step(panel, async () => {
      // No person can do this: a part of the page's state that the panel reads is not what it must be.
      await page.evaluate((key) => {
        const { store } = kubarium;
        const whole = store.getState()[key];
        Object.assign(globalThis, { mend: () => store.setState({ [key]: whole }) });
        store.setState({
          [key]: {
            get time(): never {
              throw new Error('broken');
            },
            get text(): never {
              throw new Error('broken');
            },
          } as never,
        });
      }, part);
      const fault = page.getByRole('alert').filter({ hasText: `${panel} has failed. The rest goes on.` });
      await expect(fault).toBeVisible();
      await expect(machine(page, 'node-1')).toBeVisible();
      await page.evaluate('mend()');
      await fault.getByRole('button', { name: 'Try again' }).click();
      await expect(fault).toHaveCount(0);
    });
  }
  await machine(page, 'node-1').focus();
  await page.keyboard.press('Delete');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
});

test('a panel that could not be loaded says so, and is there when one tries again with the network back', async ({
  page,
}) => {
  await openCluster(page);
  await page.route('**/library-panel*', (route) => route.abort());
  await page.getByRole('button', { name: 'Library of apps and faults' }).click();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  await again.click();
  await expect(again).toBeVisible();
  await page.unroute('**/library-panel*');
  await again.click();
  await expect(page.getByRole('dialog', { name: 'Library' })).toBeVisible();
  await expect(again).toHaveCount(0);
});
