/** The page's own policy: nothing that the page does is against it, and what others would slip in is. */
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import {
  applyManifest,
  closeSelection,
  inspector,
  machine,
  openCluster,
  openTab,
  outcome,
  pods,
  setSpeed,
  takeFromMenu,
} from './cluster-page';

declare global {
  /** What was against the policy, in the page. */
  var broken: string[];
}

/** Writes down what is against the policy, from the first moment on, in the page and its workers. */
async function watchPolicy(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    globalThis.broken = [];
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
      globalThis.broken.push(`${effectiveDirective} ${blockedURI} in ${sourceFile ?? ''}:${lineNumber}`);
    });
  });
  const told: string[] = []; // a browser tells of workers in the console
  page.on('console', (message) => {
    if (/content.security.policy/i.test(message.text())) told.push(message.text());
  });
  return async () => [...(await page.evaluate(() => globalThis.broken)), ...told];
}

test.describe('the Content-Security-Policy', () => {
  test('is broken by nothing that the page does: stage, inspector, editor, terminal, library, palette, time travel, sharing', async ({
    page,
  }) => {
    const broken = await watchPolicy(page);
    await openCluster(page);
    await setSpeed(page, 10);

    await pods(page, { of: 'web-' }).first().click();
    for (const tab of ['YAML', 'Events', 'Why', 'Summary'] as const) await openTab(page, tab);
    await closeSelection(page);
    await takeFromMenu(page, 'node-2', 'Cut the cable');

    await applyManifest(page, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: strict}\n');
    await expect(outcome(page)).toContainText('configmap/strict created');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+Backquote');
    const terminal = page.getByTestId('terminal');
    await expect(terminal).toContainText('laptop$');
    await page.keyboard.type('kubectl get nodes');
    await page.keyboard.press('Enter');
    await expect(terminal).toContainText('control-plane-1');
    // The emulator's own styles are in force, though it could write none.
    await expect(terminal.locator('.xterm-rows')).toHaveCSS('pointer-events', 'none');
    await page.keyboard.press('Control+Backquote');
    await expect(terminal).toBeHidden();

    await pods(page).first().focus();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Find an app' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Library' }).click();
    await expect(page.getByRole('dialog', { name: 'Library' })).toBeVisible(); // the stage has its width
    await page.getByRole('button', { name: 'Share' }).first().click();
    await expect(page.getByRole('dialog').first()).toBeVisible();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save a picture of the stage' }).click();
    const picture = readFileSync(await (await saved).path());
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    const stage = (await page.getByRole('region', { name: 'Stage' }).boundingBox())!;
    expect(picture.readUInt32BE(16)).toBe(Math.round(stage.width) * 2);
    expect(picture.length).toBeGreaterThan(30_000); // an empty one has a tenth of that
    await page.keyboard.press('Escape');
    await page.getByRole('slider', { name: 'Moment' }).fill('15000000');
    await expect(page.getByRole('status').filter({ hasText: 'You look at' })).toBeVisible();

    expect(await broken()).toEqual([]);
  });

  test('lets no script and no style in that was not built with the page, and no text become code', async ({ page }) => {
    const broken = await watchPolicy(page);
    await openCluster(page);
    await page.evaluate(() => {
      document.body.append(
        Object.assign(document.createElement('script'), { textContent: 'document.title = "taken"' }),
      );
      document.body.append(Object.assign(document.createElement('style'), { textContent: '* { display: none }' }));
      document
        .querySelector('main')!
        .insertAdjacentHTML('beforeend', '<img src="x" onerror="document.title = `taken`">');
      // What a driver evaluates itself is not under the policy.
      setTimeout(() => {
        try {
          // oxlint-disable-next-line no-eval, no-implied-eval -- it must fail
          globalThis.eval('document.title = "taken"');
        } catch {
          // As it should be: the event tells.
        }
      });
      void fetch('https://example.com/').catch(() => undefined);
    });
    const directives = async (): Promise<readonly string[]> => (await broken()).map((line) => line.split(' ')[0]!);
    for (const directive of ['script-src-elem', 'style-src-elem', 'script-src-attr', 'script-src', 'connect-src'])
      await expect.poll(directives).toContain(directive);
    await expect(page).toHaveTitle(/Kubarium/);
    await expect(machine(page, 'node-1')).toBeVisible();
    await expect(inspector(page)).toBeVisible();
  });
});
