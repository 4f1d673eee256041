import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { closeSelection, inspector, machine, namesOf, openCluster, pods, runFor, virtualSeconds } from './cluster-page';

const log = (page: Page): Locator => page.getByRole('region', { name: 'Event log' });
const rows = (page: Page): Locator => log(page).getByRole('table', { name: 'Events' }).getByRole('row');
const source = (page: Page, name: string): Locator => log(page).getByRole('button', { name, exact: true });
const search = (page: Page, words: string): Promise<void> =>
  log(page).getByRole('searchbox', { name: 'Search' }).fill(words);

/** What axe finds, as short lines. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} at ${target.join(' ')}`));
}

/** Chooses a format in the log's menu and reads the file that the browser saves. */
async function exported(page: Page, format: string): Promise<string> {
  await log(page).getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: format }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

test('the log: from everywhere, narrowed, gathered, exported; a row leads to its thing, its cause and its moment', async ({
  page,
}) => {
  await openCluster(page);
  await machine(page, 'node-1').focus();
  await page.keyboard.press('Delete');
  await expect(machine(page, 'node-1')).toHaveAttribute('data-state', 'Off'); // the first fault waits for its code, and time goes on
  await runFor(page, 70);
  await page.mouse.move(5, 5);

  await test.step('the fault stands beside the Events that came of it', async () => {
    await search(page, 'node-1');
    await expect(rows(page).filter({ hasText: 'NodeNotReady' }).first()).toBeVisible();
    await search(page, 'power-off');
    await expect(rows(page).filter({ hasText: 'power-off' }).first()).toBeVisible();
  });

  await test.step('a request of the scheduler: who, what, code', async () => {
    await source(page, 'Events').click();
    await source(page, 'Audit').click();
    await search(page, '/binding');
    const binding = rows(page).filter({ hasText: 'create 201' }).first();
    await expect(binding).toContainText('system:kube-scheduler');
    await binding.getByRole('button').first().click();
    await expect(inspector(page).getByRole('heading', { level: 2 })).toBeVisible();
    await binding.getByRole('button').last().click();
    const entry = page.getByRole('dialog', { name: 'Log entry' });
    await expect(entry).toContainText(/handled|The records no longer hold what led to it/);
    await entry.getByRole('button', { name: 'Go to this moment' }).click();
    await expect(page.getByText(/^You look at 00:00:0\d/)).toBeVisible();
    expect(await virtualSeconds(page)).toBeLessThan(10);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await entry.getByRole('button', { name: 'Close the entry' }).click();
  });

  await test.step('a late request, and what led to it', async () => {
    await search(page, 'node-controller');
    await rows(page).filter({ hasText: 'patch 200' }).first().getByRole('button').last().click();
    const entry = page.getByRole('dialog', { name: 'Log entry' });
    await expect(entry.getByRole('listitem').first()).toContainText('handled');
    expect(await violations(page)).toEqual([]);
    await entry.getByRole('button', { name: 'Close the entry' }).click();
  });

  await test.step('logs of components and words of Raft', async () => {
    await source(page, 'Audit').click();
    await source(page, 'Logs').click();
    await source(page, 'Raft').click();
    await search(page, 'power-off');
    await expect(rows(page).filter({ hasText: 'power-off' }).first()).toBeVisible();
    await search(page, 'became leader');
    await expect(rows(page).filter({ hasText: 'control-plane-1/etcd' }).first()).toBeVisible();
    await search(page, 'successfully acquired lease');
    await expect(rows(page).filter({ hasText: 'leaderelection.go:271' }).first()).toBeVisible();
  });

  await test.step('one line for each object, opened to its rows', async () => {
    await search(page, 'node-1');
    await source(page, 'Events').click();
    await log(page).getByRole('button', { name: 'Group by object' }).click();
    const head = rows(page).getByRole('button', { name: /^node\/node-1 · \d+ rows$/ });
    await head.click();
    await expect(head).toHaveAttribute('aria-expanded', 'true');
    await search(page, '');
    await log(page).getByRole('button', { name: 'Group by object' }).click();
  });

  await test.step('files', async () => {
    expect(await exported(page, 'Rows as CSV')).toMatch(/^\ufefftime,at_us,source,[^]*,event,warning,node-controller/m);
    const json = JSON.parse(await exported(page, 'Rows as JSON')) as { rows: readonly { source: string }[] };
    expect(new Set(json.rows.map((row) => row.source))).toEqual(new Set(['event', 'log', 'raft', 'fault']));
    const trace = JSON.parse(await exported(page, 'Trace for Perfetto')) as { traceEvents: readonly { ph: string }[] };
    expect(new Set(trace.traceEvents.map(({ ph }) => ph))).toContain('b');
  });

  await test.step('it stands still under the pointer', async () => {
    await rows(page).nth(2).hover();
    await expect(log(page).getByRole('status')).toContainText('held');
  });
});

test('the inspector: versions and who wrote them, conditions over time, relations, logs', async ({ page }) => {
  await openCluster(page);
  await page.getByRole('textbox', { name: 'Replicas of web' }).fill('5');
  await page.keyboard.press('Enter');
  await runFor(page, 30);
  const [web = ''] = await namesOf(pods(page, { of: 'web-' }));
  await pods(page, { of: web }).click();

  await test.step('relations', async () => {
    const relations = inspector(page).getByRole('region', { name: 'Relations' });
    await expect(relations).toContainText('Owned by');
    await expect(relations.getByRole('listitem').first()).toContainText('Deployment web');
    await expect(relations).toContainText('Selected by');
  });

  await test.step('history of a pod', async () => {
    await inspector(page).getByRole('tab', { name: 'History' }).click();
    const panel = inspector(page).getByRole('tabpanel', { name: 'History' });
    await expect(panel).toContainText('spec.nodeName');
    await expect(panel).toContainText('by kubelet (status)');
    await expect(panel.getByRole('img', { name: /^Ready False.* from 00:00/ })).toBeVisible();
    await expect(panel.getByRole('img', { name: /^Ready True from 00:00/ })).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });

  await test.step('logs of its container', async () => {
    await inspector(page).getByRole('tab', { name: 'Logs' }).click();
    const panel = inspector(page).getByRole('tabpanel', { name: 'Logs' });
    await expect(panel.getByRole('log')).toContainText('nginx');
    await panel.getByRole('searchbox').fill('no such words');
    await expect(panel).toContainText('No line has these words.');
    expect(await violations(page)).toEqual([]);
  });

  await test.step('history of what was scaled', async () => {
    await closeSelection(page);
    await inspector(page).getByRole('button', { name: 'web', exact: true }).first().click();
    await inspector(page).getByRole('tab', { name: 'History' }).click();
    await expect(inspector(page).getByRole('tabpanel')).toContainText('spec.replicas');
  });
});
