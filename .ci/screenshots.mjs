/**
 * `npm run screenshots`: takes docs/screenshot.png of a cluster in the middle of an incident. With `--all DIR` it puts the
 * screens that are worth looking at into DIR instead, in both themes and two sizes.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { buildWeb } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ROOT } from './install.mjs';
import { freePort } from './port.mjs';

const SMALL = { width: 1280, height: 720 };
const LARGE = { width: 1920, height: 1080 };
const WRONG = `apiVersion: apps/v1
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

const machine = (page, name) => page.locator(`[data-kind="Machine"][data-name="${name}"]`);
const clock = (page, name) => page.getByRole('group', { name: 'Clock' }).getByRole('button', { name });

/** Screens by name, in the order in which they follow from each other in one run. Each leaves the clock paused. */
const SCREENS = {
  async start(page) {
    await machine(page, 'node-4').and(page.locator('[data-state="Ready"]')).waitFor();
    await page.locator('[data-kind="Pod"][data-state="Running"]').nth(7).waitFor();
    await clock(page, 'Pause').click();
  },

  /** A busier cluster; node-3 has no power, Kubernetes knows it and counts down to the eviction of its pods. */
  async incident(page) {
    await page.getByRole('textbox', { name: 'Replicas of web' }).fill('34');
    await page.keyboard.press('Enter');
    await clock(page, '60 times real time').click();
    await page.getByText('34 of 34 ready').waitFor();
    await machine(page, 'node-3').focus();
    await page.keyboard.press('Delete');
    await machine(page, 'node-3')
      .and(page.getByRole('article', { name: /API: NotReady/ }))
      .waitFor();
    await clock(page, 'Pause').click();
    await page.getByRole('button', { name: 'Dismiss' }).click();
  },

  /** Why a replacement pod is there. */
  async why(page) {
    const before = await podNames(page, 'web-');
    await clock(page, '100 times real time').click();
    await page.locator('[data-name="node-3"] [data-kind="Pod"][data-state="Terminating"]').first().waitFor();
    await page.getByText('34 of 34 ready').waitFor();
    await clock(page, 'Pause').click();
    const replacement = (await podNames(page, 'web-')).find((name) => !before.includes(name));
    await page.locator(`[data-kind="Pod"][data-name="${replacement}"]`).click();
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.getByRole('tabpanel').getByRole('listitem').first().waitFor();
  },

  async editor(page) {
    await page.getByRole('button', { name: 'Apply a manifest' }).click();
    const box = page.getByRole('textbox', { name: 'Manifest' });
    await box.focus();
    await page.keyboard.insertText(WRONG);
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('status', { name: 'What became of it' }).getByText('unknown field').waitFor();
  },
};

const podNames = (page, beginning) =>
  page
    .locator(`[data-kind="Pod"][data-name^="${beginning}"]`)
    .evaluateAll((chips) => chips.map((chip) => chip.getAttribute('data-name')));

/** Goes through the screens up to `last` on a fresh page and hands each to `take`. */
async function visit(browser, address, { viewport, colorScheme }, last, take) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
    await page.goto(`${address}?seed=7`);
    for (const [name, prepare] of Object.entries(SCREENS)) {
      await prepare(page);
      await take(page, name);
      if (name === last) break;
    }
  } finally {
    await context.close();
  }
}

const option = process.argv.indexOf('--all');
const folder = option < 0 ? undefined : process.argv[option + 1];
if (option >= 0 && folder === undefined) throw new Error('--all needs a directory');

const executablePath = ensureChromium();
await buildWeb({ ifChanged: true });
const port = await freePort();
const server = await preview({
  root: ROOT,
  configFile: join(ROOT, 'vite.config.ts'),
  preview: { host: '127.0.0.1', port, strictPort: true, open: false },
  logLevel: 'warn',
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const address = `http://127.0.0.1:${port}/`;
try {
  if (folder === undefined) {
    await visit(browser, address, { viewport: SMALL, colorScheme: 'dark' }, 'incident', async (page, name) => {
      if (name === 'incident') await save(page, join(ROOT, 'docs', 'screenshot.png'));
    });
  } else {
    mkdirSync(folder, { recursive: true });
    for (const colorScheme of ['dark', 'light']) {
      for (const viewport of [SMALL, LARGE]) {
        const size = `${viewport.width}x${viewport.height}`;
        await visit(browser, address, { viewport, colorScheme }, 'editor', (page, name) =>
          save(page, join(resolve(folder), `${name}-${colorScheme}-${size}.png`)),
        );
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}

async function save(page, path) {
  await page.screenshot({ path, animations: 'disabled' });
  console.log(path);
}
process.exit();
