/**
 * Every state of the stage, reached as a person reaches it: for pictures, and for what can be checked of each. A story goes
 * through its screens in the order in which they follow from each other, and hands each over while time stands still.
 */
import { expect, type Locator, type Page } from '@playwright/test';
import {
  applyManifest,
  expectClusterUp,
  inspector,
  machine,
  namesOf,
  openCluster,
  openTab,
  outcome,
  pause,
  pods,
  runFor,
  setSpeed,
  virtualSeconds,
} from './cluster-page';
import { menus } from './screens-of-menus';
import { many, views } from './screens-of-views';

/** @param open - done in each look before it is seen: opens a menu, which is closed again */
export type TakeScreen = (name: string, open?: () => Promise<void>) => Promise<void>;

export interface Story {
  readonly name: string;
  /** Only when all are wanted. */
  readonly onDemand?: true;
  play(page: Page, take: TakeScreen): Promise<void>;
}

const SECOND = 1_000_000;
const LONG = 'a'.repeat(120) + '.' + 'b'.repeat(120) + '.' + 'c'.repeat(11);
const MARKUP = '<img src=x onerror=alert(1)><b>bold</b>';

/** As long as the API allows, and markup wherever it allows any text. */
export const EXTREME = `apiVersion: v1
kind: Pod
metadata:
  name: ${LONG}
  labels: {${'d'.repeat(63)}.${'e'.repeat(63)}/${'f'.repeat(63)}: ${'g'.repeat(63)}}
  annotations: {note: '${MARKUP}'}
spec:
  containers:
    - {name: server, image: 'nginx:1.27'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${'deployment-of-a-long-name-'.repeat(9)}x}
spec:
  replicas: 2
  selector: {matchLabels: {app: long}}
  template:
    metadata: {labels: {app: long}}
    spec:
      containers:
        - {name: server, image: 'registry.example/${'image-of-a-long-name/'.repeat(8)}server:1'}
---
apiVersion: v1
kind: Namespace
metadata: {name: ${'n'.repeat(63)}}
---
apiVersion: v1
kind: Event
metadata: {name: markup}
type: Warning
reason: Markup
message: '${MARKUP}'
involvedObject: {kind: Pod, namespace: default, name: ${LONG}, apiVersion: v1}
`;

const MISTAKEN = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replica: 3
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: server
          image: nginx:1.27
`;

const palette = (page: Page): Locator => page.getByRole('combobox', { name: 'Find an app' });

const closeDialogs = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const state = kubarium.store.getState();
    state.setEditorOpen(false);
    state.setLibraryOpen(false);
    state.setPalette(null);
    state.setTerminalOpen(false);
    state.select(null);
    for (const { id } of state.notices) state.dismiss(id);
  });

async function inTerminal(page: Page, line: string, says: string | RegExp): Promise<void> {
  const terminal = page.getByTestId('terminal');
  await expect(terminal).toContainText('laptop$');
  await terminal.click();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await expect(terminal).toContainText(says);
  await expect(terminal).toHaveAttribute('data-running', 'false');
}

const panels: Story = {
  name: 'panels',
  async play(page, take) {
    await openCluster(page, '?seed=7');
    await pause(page);
    await take('fresh');
    await page.getByRole('button', { name: 'Take the tour' }).click();
    await take('tour');
    await page.getByRole('button', { name: 'Leave the tour' }).click();

    await page.getByRole('button', { name: 'Library of apps and faults' }).click();
    await page.getByRole('dialog', { name: 'Library' }).waitFor();
    await take('library');
    await closeDialogs(page);

    await page.keyboard.press('Control+k');
    await palette(page).waitFor();
    await take('palette');
    await page.keyboard.type('no such thing');
    await take('palette-none');
    await closeDialogs(page);

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitemcheckbox').first().waitFor();
    await take('settings');
    await page.keyboard.press('Escape');

    await applyManifest(page, MISTAKEN);
    await expect(outcome(page)).toContainText('unknown field');
    await take('editor-error');
    await closeDialogs(page);

    await page.getByRole('button', { name: 'Share this run' }).click();
    await page.getByRole('textbox', { name: 'Link' }).waitFor();
    await take('share');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+Backquote');
    await setSpeed(page, 1);
    await inTerminal(page, 'kubectl get pods -o wide', /web-/);
    await inTerminal(page, 'kubectl get shops', "the server doesn't have a resource type");
    await pause(page);
    await take('terminal');
    await closeDialogs(page);

    await machine(page, 'node-1').focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Power-off dock' }).waitFor();
    await take('dock');
    await page.keyboard.press('Escape');

    await page.evaluate(() => kubarium.store.getState().filterLog({ text: 'nothing says this' }));
    await take('log-none');
  },
};

const incident: Story = {
  name: 'incident',
  onDemand: true,
  async play(page, take) {
    await openCluster(page, '?seed=7&scenario=three-zones', [
      'control-plane-1',
      ...[1, 2, 3, 4, 5, 6].map((number) => `node-${number}`),
    ]);
    await inspector(page).getByRole('textbox', { name: 'Replicas of web' }).fill('34');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Library of apps and faults' }).click();
    for (const app of ['Guestbook', 'Broken image', 'Too large'])
      await page.getByRole('dialog', { name: 'Library' }).getByRole('button', { name: app }).click();
    await closeDialogs(page);
    await setSpeed(page, 60);
    await expect(page.getByText('34 of 34 ready')).toBeVisible({ timeout: 20_000 });
    await pause(page);
    const before = await namesOf(pods(page, { of: 'web-' }));
    await take('busy');

    await page.evaluate(() => {
      const { link } = kubarium;
      for (const fault of [
        { type: 'cut-cable', machine: 'node-2', direction: 'both' },
        { type: 'power-off', machine: 'node-3' },
        { type: 'disk-full', machine: 'node-4' },
      ] as const)
        void link.input({ type: 'fault', id: fault.type, fault });
    });
    await page.evaluate(() =>
      kubarium.link.input({
        type: 'request',
        ticket: 'cordon',
        method: 'PATCH',
        path: '/api/v1/nodes/node-5',
        contentType: 'application/merge-patch+json',
        body: { spec: { unschedulable: true } },
      }),
    );
    await setSpeed(page, 1);
    await expect(machine(page, 'node-3')).toHaveAttribute('data-state', 'Off');
    await expect(machine(page, 'node-2')).toHaveAccessibleName(/cable cut · API: Ready/);
    await pause(page);
    await take('faults-not-known');

    await runFor(page, 75);
    await expect(machine(page, 'node-3')).toHaveAccessibleName(/API: NotReady/);
    await take('dark-node');

    await machine(page, 'node-3').click({ position: { x: 30, y: 12 } });
    await take('machine-selected');
    await take('machine-menu', async () => {
      await machine(page, 'node-4').locator('[aria-haspopup="menu"]').click();
      await page.getByRole('menuitem').first().waitFor();
    });

    await runFor(page, 330);
    const replacement = (await namesOf(pods(page, { of: 'web-' }))).find((name) => !before.includes(name)) ?? 'none';
    await page.evaluate(
      (name) => kubarium.store.getState().select({ kind: 'Pod', namespace: 'default', name }),
      replacement,
    );
    await inspector(page).getByRole('tab', { name: 'Summary' }).waitFor();
    await take('pod-selected');
    await openTab(page, 'YAML');
    await inspector(page).getByRole('textbox').first().waitFor();
    await take('pod-yaml');
    await openTab(page, 'Events');
    await take('pod-events');
    await openTab(page, 'Why');
    await inspector(page).getByRole('listitem').first().waitFor();
    await take('pod-why');
    await page.evaluate(() => {
      const select = kubarium.store.getState().select;
      select({ kind: 'Process', namespace: '', name: 'control-plane-1/kube-scheduler' });
      kubarium.store.getState().setInspectorTab('summary');
    });
    await take('scheduler-selected');
    await page.evaluate(() =>
      kubarium.store.getState().select({ kind: 'Deployment', namespace: 'default', name: 'web' }),
    );
    await take('deployment-selected');
    await closeDialogs(page);

    const end = await virtualSeconds(page);
    const moment = page.getByRole('slider', { name: 'Moment' });
    await moment.fill(String((end - 200) * SECOND));
    await page.getByRole('button', { name: 'Branch here' }).waitFor();
    await take('past');
    await page.getByRole('button', { name: 'Branch here' }).click();
    await expect(page.getByRole('list', { name: 'Tracks' })).toContainText('branch 1');
    await page.evaluate(() =>
      kubarium.link.input({ type: 'fault', id: 'other', fault: { type: 'power-off', machine: 'node-1' } }),
    );
    await runFor(page, 60);
    await page.getByRole('button', { name: 'Compare with main' }).click();
    await page.getByRole('region', { name: 'What is different' }).getByRole('table').waitFor();
    await take('comparison');
  },
};

const drained: Story = {
  name: 'drained',
  onDemand: true,
  async play(page, take) {
    await openCluster(page, '?seed=7');
    await page.keyboard.press('Control+Backquote');
    await setSpeed(page, 10);
    await inTerminal(page, 'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data', 'node/node-1 drained');
    await expect(pods(page, { state: 'Running' })).toHaveCount(8);
    await pause(page);
    await page.keyboard.press('Control+Backquote');
    await take('drained');

    await applyManifest(page, EXTREME);
    await expect(outcome(page)).toContainText('created');
    await runFor(page, 60);
    await closeDialogs(page);
    await page.evaluate((name) => kubarium.store.getState().select({ kind: 'Pod', namespace: 'default', name }), LONG);
    await inspector(page).getByRole('tab', { name: 'Summary' }).waitFor();
    await take('long-names');
    await page.keyboard.press('Control+k');
    await palette(page).fill('bbbb');
    await take('long-names-palette');
    await closeDialogs(page);
    await take('long-names-overview');

    await page.evaluate(() => {
      const manifest = 42 as unknown as string;
      void kubarium.link.input({ type: 'apply', ticket: 'broken', manifest });
    });
    await page.getByRole('dialog', { name: 'The engine has stopped: this is our bug' }).waitFor();
    await take('crash');
  },
};

const others: Story = {
  name: 'others',
  async play(page, take) {
    await page.route('**/worker-*.js', () => new Promise(() => undefined));
    await page.goto('/?seed=7');
    await page.getByText('Loading the engine…').first().waitFor();
    await take('loading');
    await page.unroute('**/worker-*.js');

    await page.goto('/?seed=8&scenario=empty');
    await machine(page, 'node-1').waitFor();
    await pause(page);
    await take('booting');
    await setSpeed(page, 60);
    await expect(machine(page, 'node-4')).toHaveAttribute('data-state', 'Ready');
    await pause(page);
    await take('empty');
  },
};

const members: Story = {
  name: 'members',
  onDemand: true,
  async play(page, take) {
    const members = ['control-plane-1', 'control-plane-2', 'control-plane-3', 'node-1', 'node-2', 'node-3'];
    await page.goto('/?seed=7&scenario=ha');
    await setSpeed(page, 60);
    await expectClusterUp(page, members);
    await pause(page);
    await take('ha');
    for (const member of members.slice(0, 2))
      await page.evaluate(
        (name) => kubarium.link.input({ type: 'fault', id: name, fault: { type: 'power-off', machine: name } }),
        member,
      );
    await runFor(page, 5);
    await take('ha-no-quorum');
  },
};

export const STORIES: readonly Story[] = [panels, incident, drained, others, members, views, menus, many];
