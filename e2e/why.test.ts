import { expect, test } from '@playwright/test';
import { machine, namesOf, openCluster, pause, pods, runFor } from './cluster-page';

test.describe('why', () => {
  test('tells of a replacement pod how it came to be, and a link gives a stranger the same run', async ({
    page,
    browser,
  }) => {
    await openCluster(page);
    await pause(page);
    const before = new Set(await namesOf(pods(page)));
    const node = machine(page, 'node-1');
    await node.focus();
    await page.keyboard.press('Delete');
    await expect(node).toHaveAttribute('data-state', 'Off');
    await runFor(page, 420);
    const replacements = (await namesOf(pods(page, { state: 'Running' }))).filter((name) => !before.has(name));
    expect(replacements.length).toBeGreaterThan(0);

    await page.locator(`[data-kind="Pod"][data-name="${replacements[0]}"]`).click();
    await page.getByRole('tab', { name: 'Why' }).click();
    const story = page.getByRole('tabpanel', { name: 'Why' }).getByRole('listitem');
    const cut = /You cut the power of node-1\./;
    const tainted = /it is the turn of node-1 to be tainted NoExecute/;
    const inOrder = [
      cut,
      /nothing heard of node-1 \(its Lease was renewed last \d\d s ago\) for the grace period of 50 s/,
      tainted,
      /tolerates node\.kubernetes\.io\/unreachable of node-1 for 300 s/,
      /'s time on node-1 is up: deleting it/,
      /wants \d, sees \d active: creating \d/,
      new RegExp(`kube-scheduler default/${replacements[0]} goes to node-\\d: 5 nodes, \\d with .* scored \\d+`),
      /kubelet on node-\d/,
    ];
    await expect(story.filter({ hasText: cut })).toBeVisible();
    const told = await story.allTextContents();
    const found = inOrder.map((pattern) => told.findIndex((line) => pattern.test(line)));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    for (const line of told) expect(line).toMatch(/^\d\d:\d\d:\d\d/);

    // A moment of the story is gone to.
    await story.filter({ hasText: tainted }).getByRole('button').first().click();
    await expect(page.getByRole('status').filter({ hasText: 'You look at' })).toBeVisible();
    await page.getByRole('button', { name: 'Back to now' }).click();

    // A machine tells why no pod is on it.
    await machine(page, 'node-2').click();
    await page.getByRole('tab', { name: 'Why' }).click();
    const apps = page.getByRole('combobox', { name: 'Why is there no pod of' });
    await expect(apps.getByRole('option')).toContainText(['…', 'any app', 'cache', 'web']);
    await apps.selectOption({ label: 'any app' });
    await expect(page.getByRole('region', { name: 'Why is it not elsewhere?' }).getByRole('listitem')).not.toHaveCount(
      0,
    );

    const recording = await page.evaluate(() => kubarium.link.recording());
    await page.getByRole('button', { name: 'Share' }).click();
    const address = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(address);
    await expect(machine(other, 'node-1')).toHaveAttribute('data-state', 'Off', { timeout: 30_000 });
    await expect
      .poll(() => other.evaluate(async () => (await kubarium.link.recording()).until), { timeout: 30_000 })
      .toBe(recording.until);
    expect(await other.evaluate(() => kubarium.link.hash())).toBe(recording.hash);
    await stranger.close();
  });
});
