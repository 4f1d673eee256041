/** The playground's page in the words of the tests: machines, pods, clock, Events, editor, each found as a person finds it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { EngineLink } from '../src/host/worker/protocol';
import type { UiStore } from '../src/ui/state/store';

declare global {
  /** What the page hands to scripts. */
  var kubarium: { readonly link: EngineLink; readonly store: UiStore };
}

export const WORKERS = ['node-1', 'node-2', 'node-3', 'node-4'] as const;
const DEFAULT_MACHINES = ['control-plane-1', ...WORKERS];
/** Pods of the app that a new cluster starts with: six of `web`, two of `cache`. */
export const DEFAULT_PODS = 8;

/** Opens the page and waits until all machines are Ready and the sample app is Running. */
export async function openCluster(
  page: Page,
  query = '',
  machines: readonly string[] = DEFAULT_MACHINES,
  running = DEFAULT_PODS,
): Promise<void> {
  await page.goto(`/${query}`);
  await expectClusterUp(page, machines, running);
}

export async function expectClusterUp(
  page: Page,
  machines: readonly string[] = DEFAULT_MACHINES,
  running = DEFAULT_PODS,
): Promise<void> {
  for (const name of machines) await expect(machine(page, name)).toHaveAttribute('data-state', 'Ready');
  await expect(page.locator('[data-kind="Machine"]')).toHaveCount(machines.length);
  await expect(pods(page, { state: 'Running' })).toHaveCount(running);
}

/** The tools of the stage come a little after it, and with them the menus of all that stands in machines. */
export const expectStageTools = (page: Page): Promise<void> =>
  expect(page.getByRole('group', { name: 'Arrange by' })).toBeVisible();

export const machine = (page: Page, name: string): Locator =>
  page.locator(`[data-kind="Machine"][data-name="${name}"]`);

export interface PodsWanted {
  /** The word of kubectl's STATUS column. */
  readonly state?: string;
  /** Beginning of the names. */
  readonly of?: string;
}

/** Pods on the stage, or within a part of it; those of the control plane left out. */
export function pods(within: Page | Locator, { state, of }: PodsWanted = {}): Locator {
  const byState = state === undefined ? '' : `[data-state="${state}"]`;
  const byName = of === undefined ? '' : `[data-name^="${of}"]`;
  return within.locator(`[data-kind="Pod"]:not([data-namespace="kube-system"])${byState}${byName}`);
}

export const namesOf = (things: Locator): Promise<string[]> =>
  things.evaluateAll((elements) => elements.map((element) => element.getAttribute('data-name') ?? ''));

const clock = (page: Page): Locator => page.getByRole('group', { name: 'Clock' });

/** Virtual seconds since the start of the run, as the page shows them. */
export async function virtualSeconds(page: Page): Promise<number> {
  const shown = (await page.getByTestId('virtual-time').textContent()) ?? '';
  const [hours = NaN, minutes = NaN, seconds = NaN] = shown.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

export async function pause(page: Page): Promise<void> {
  await clock(page).getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByTestId('virtual-time')).toHaveAttribute('data-paused', 'true');
}

/** Lets virtual time go on, so many times as fast as real time. */
export async function setSpeed(page: Page, factor: 1 | 10 | 60 | 100): Promise<void> {
  const button = clock(page).getByRole('button', { name: `${factor} times real time`, exact: true });
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
}

/** Presses Skip once, and waits until the run stands at the next thing that matters. */
export async function skip(page: Page): Promise<void> {
  const button = clock(page).getByRole('button', { name: 'Skip' });
  await button.click();
  await expect(button).toBeEnabled();
}

/** Presses Skip until something is so. */
export async function skipUntil(page: Page, isSo: () => Promise<boolean>, atMost = 120): Promise<void> {
  for (let pressed = 0; pressed < atMost; pressed++) {
    if (await isSo()) return;
    await skip(page);
  }
  throw new Error(`not so after ${atMost} skips`);
}

/** Runs so many virtual seconds on from now, at 100 times real time, and pauses. */
export async function runFor(page: Page, seconds: number): Promise<void> {
  const until = (await virtualSeconds(page)) + seconds;
  await setSpeed(page, 100);
  await expect.poll(() => virtualSeconds(page), { intervals: [50] }).toBeGreaterThanOrEqual(until);
  await pause(page);
}

export interface EventWanted {
  readonly reason: string;
  readonly message: string | RegExp;
  /** As the log names it, e.g. `pod/web-0`. */
  readonly object?: string;
}

/** Narrows the Event log to `search` and returns the rows with this reason, message and object. */
export async function eventRows(page: Page, search: string, wanted: EventWanted): Promise<Locator> {
  await page.getByRole('region', { name: 'Event log' }).getByRole('searchbox', { name: 'Search' }).fill(search);
  const cell = (name: string | RegExp): Locator =>
    page.getByRole('cell', typeof name === 'string' ? { name, exact: true } : { name });
  const rows = page
    .getByRole('table', { name: 'Events' })
    .getByRole('row')
    .filter({ has: cell(wanted.reason) })
    .filter({ has: cell(wanted.message) });
  return wanted.object === undefined ? rows : rows.filter({ has: cell(wanted.object) });
}

/** Waits for an Event with exactly this message. */
export async function expectEvent(page: Page, wanted: EventWanted & { readonly message: string }): Promise<void> {
  const rows = await eventRows(page, wanted.message, wanted);
  await expect(rows.first()).toBeVisible();
}

/** Opens the editor where manifests are applied, unless it is open. */
export async function openEditor(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: 'Apply a manifest' });
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'Apply a manifest' }).click();
  await manifestBox(page).focus();
  await expect(manifestBox(page)).toBeFocused();
  return dialog;
}

export const manifestBox = (page: Page): Locator =>
  page.getByRole('dialog', { name: 'Apply a manifest' }).getByRole('textbox', { name: 'Manifest' });

/** Where the editor says what became of it. */
export const outcome = (page: Page): Locator => page.getByRole('status', { name: 'What became of it' });

/** Puts a manifest into the editor as a paste does, in place of what stands there, and presses Ctrl+Enter. */
export async function applyManifest(page: Page, manifest: string): Promise<void> {
  await openEditor(page);
  await page.keyboard.press('ControlOrMeta+a');
  await manifestBox(page).evaluate((box, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, manifest);
  await page.keyboard.press('ControlOrMeta+Enter');
}

/** Opens a machine's menu by its button and takes an item. */
export async function takeFromMenu(page: Page, name: string, item: string): Promise<void> {
  await machine(page, name)
    .getByRole('button', { name: `Menu of ${name}` })
    .click();
  await page.getByRole('menuitem', { name: new RegExp(`^${item}`) }).click();
}

export const dock = (page: Page): Locator => page.getByRole('button', { name: 'Power-off dock' });

/** Takes a machine at its head and carries it a little way, without letting go. */
export async function carry(page: Page, name: string): Promise<void> {
  const box = (await machine(page, name).getByRole('heading', { name }).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 40, { steps: 4 });
}

/** Carries what is held to the dock and lets go. */
export async function dropIntoDock(page: Page): Promise<void> {
  await expect(dock(page)).toBeVisible();
  const target = (await dock(page).boundingBox())!;
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 6 });
  await page.mouse.up();
}

export const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

/** Goes back from the selected thing to the overview of the cluster. */
export const closeSelection = (page: Page): Promise<void> =>
  inspector(page).getByRole('button', { name: 'Close' }).click();

/** Opens a view of the selected thing. */
export async function openTab(page: Page, name: 'Summary' | 'YAML' | 'Events' | 'Why'): Promise<Locator> {
  await inspector(page).getByRole('tab', { name }).click();
  return inspector(page).getByRole('tabpanel', { name });
}
