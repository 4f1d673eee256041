/** What nobody ought to bring, and somebody will: names as long as they may be, markup in them, crowds, haste, small windows, odd files. */
import { expect, test, type Page } from '@playwright/test';
import {
  applyManifest,
  inspector,
  machine,
  manifestBox,
  namesOf,
  openCluster,
  outcome,
  pause,
  pods,
  runFor,
  setSpeed,
} from './cluster-page';
import { outside } from './outside';
import { EXTREME } from './screens';

test('names of 253 characters and markup in them are text, and nothing is pushed out of the page', async ({ page }) => {
  await openCluster(page);
  await applyManifest(page, EXTREME);
  await expect(outcome(page)).toContainText('created');
  await page.keyboard.press('Escape');
  await setSpeed(page, 10);
  await pods(page, { of: 'aaaa', state: 'Running' }).click();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading').first()).toHaveText(
    /^a{120}\.b{120}\.c{11}$/,
  );
  await page.getByRole('searchbox', { name: 'Search' }).fill('onerror');
  await expect(page.getByRole('table', { name: 'Events' })).toContainText('<img src=x onerror=alert(1)><b>bold</b>');
  expect(await page.locator('img, .event-row b').count()).toBe(0);
  expect(await outside(page)).toEqual([]);
});

test('500 namespaces, and a pod that changes 100 times a second: the page answers at once', async ({ page }) => {
  test.slow();
  await openCluster(page);
  const namespaces = Array.from(
    { length: 500 },
    (_, number) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: many-${number}}\n`,
  );
  await page.evaluate(
    (manifest) => kubarium.link.input({ type: 'apply', ticket: 'many', manifest }),
    namespaces.join('---\n'),
  );
  await setSpeed(page, 60);
  await expect(page.getByRole('combobox', { name: 'Namespace' }).locator('option')).toHaveCount(505, {
    timeout: 30_000,
  });

  await setSpeed(page, 1);
  const [name = ''] = await namesOf(pods(page, { of: 'web-' }));
  await pods(page, { of: name }).click();
  const longest = await page.evaluate(async (pod) => {
    let last = performance.now();
    let worst = 0;
    let going = true;
    const frame = (): void => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      if (going) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    for (let change = 0; change < 300; change++) {
      void kubarium.link.input({
        type: 'request',
        ticket: `change-${change}`,
        method: 'PATCH',
        path: `/api/v1/namespaces/default/pods/${pod}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { change: String(change) } } },
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    going = false;
    return worst;
  }, name);
  expect(longest).toBeLessThan(1000); // a page that hangs hangs for seconds
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText(/change=\d+/);
  await expect(pods(page, { state: 'Running' })).toHaveCount(8);
});

for (const [what, width, height] of [
  ['a small window', 800, 600],
  ['a phone', 390, 844],
] as const) {
  test(`${what} of ${width}×${height}: everything can be reached, and a machine is switched off and on`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await openCluster(page);
    expect(await outside(page)).toEqual([]);
    for (const panel of ['Stage', 'Event log'])
      await expect(page.getByRole('region', { name: panel, exact: true })).toBeInViewport({ ratio: 0.99 });
    await page.getByRole('button', { name: 'Library of apps and faults' }).click();
    await page.getByRole('dialog', { name: 'Library' }).getByRole('button', { name: 'Close the library' }).click();
    await machine(page, 'node-1').getByRole('button', { name: 'Menu of node-1' }).click();
    await page.getByRole('menuitem', { name: 'Power off' }).click();
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off');
    await machine(page, 'node-1').getByRole('button', { name: 'Power on node-1' }).click();
    await setSpeed(page, 60);
    await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Ready');
  });
}

const drop = (page: Page, name: string, content: readonly number[]): Promise<void> =>
  page.getByRole('region', { name: 'Stage', exact: true }).evaluate(
    (stage, [file, bytes]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], file));
      stage.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, content] as const,
  );

test('a manifest dropped or pasted on the page is in the editor; a picture and 10 MB are refused', async ({ page }) => {
  await openCluster(page);
  await pause(page);
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dropped}\n';
  await drop(page, 'photo.png', [0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('photo.png is no text, so no manifest.');
  await expect(manifestBox(page)).toHaveCount(0);
  await page.getByRole('region', { name: 'Stage', exact: true }).evaluate((stage) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'.repeat(10 * 1024 * 1024)], 'huge.yaml'));
    stage.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('huge.yaml has');
  await expect(manifestBox(page)).toHaveCount(0);
  await drop(page, 'app.yaml', [...new TextEncoder().encode(manifest)]);
  await expect(manifestBox(page)).toContainText('name: dropped');
  await manifestBox(page).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(outcome(page)).toHaveText('configmap/dropped created');
  await page.keyboard.press('Escape');

  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    manifest.replace('dropped', 'pasted'),
  );
  await expect(manifestBox(page)).toContainText('name: pasted');
});

test('what a program writes is text to the page: markup, control characters', async ({ page }) => {
  await openCluster(page);
  const line = String.raw`<img src=x onerror="document.title = 1">\033[31mred\033]0;title\007`;
  await page.evaluate(
    (manifest) => kubarium.link.input({ type: 'apply', ticket: 'hostile', manifest }),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hostile' },
      spec: {
        containers: [
          { name: 'talks', image: 'busybox:1.36', command: ['sh', '-c', `printf '${line}\\n'; sleep 3600`] },
        ],
      },
    }),
  );
  await runFor(page, 20);
  await pods(page, { of: 'hostile' }).click();
  await inspector(page).getByRole('tab', { name: 'Logs' }).click();
  const log = inspector(page).getByRole('log');
  await expect(log).toContainText('<img src=x onerror="document.title = 1">');
  await expect(log).toContainText('␛[31mred␛]0;title␇');
  await expect(log.locator('img')).toHaveCount(0);
  // oxlint-disable-next-line no-control-regex -- it is about control characters
  await expect(log).not.toContainText(/[\u0007\u001B]/);
  await expect(page).toHaveTitle(/Kubarium/);
});
