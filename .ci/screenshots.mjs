/**
 * `npm run screenshots`: takes docs/screenshot.png of a cluster in the middle of an incident. With `--all DIR` it puts every state of
 * the stage into DIR, in all themes, both languages and five sizes, and says what is wrong with any of them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { buildWeb } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ROOT } from './install.mjs';
import { freePort } from './port.mjs';

const SMALL = { width: 1280, height: 720 };
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
};

const HELP = `npm run screenshots                    takes docs/screenshot.png
npm run screenshots -- --all DIR      puts every state of the stage into DIR, in all themes, both languages and five sizes, and
                                      prints what axe finds wrong (states and their order: e2e/screens.ts)
  --screens REGEXP                    only the screens of such a name, e.g. 'dark|why'
  --looks REGEXP                      only such looks, e.g. 'light-zh-1280'; 'turns': one look of each screen, taking turns
`;

/** Takes the picture of the README. */
async function takePicture() {
  const port = await freePort();
  const server = await preview({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    preview: { host: '127.0.0.1', port, strictPort: true, open: false },
    logLevel: 'warn',
  });
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ viewport: SMALL, colorScheme: 'dark', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/?seed=7`);
    await page.getByRole('button', { name: 'Not now' }).click();
    for (const prepare of Object.values(SCREENS)) await prepare(page);
    const path = join(ROOT, 'docs', 'screenshot.png');
    await page.screenshot({ path, animations: 'disabled' });
    console.log(path);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Takes all pictures. @returns whether nothing is wrong with any of them */
function takeAll(folder, { screens = '', looks = '' }) {
  mkdirSync(folder, { recursive: true });
  const looked = join(folder, 'looked-at.jsonl');
  rmSync(looked, { force: true });
  const { status } = spawnSync(process.execPath, [join(ROOT, '.ci', 'e2e.mjs'), 'screens.test.ts'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      CHROMIUM_PATH: ensureChromium(),
      KUBARIUM_SCREENS: folder,
      KUBARIUM_SCREENS_ONLY: screens,
      KUBARIUM_SCREENS_LOOKS: looks,
    },
  });
  const lines = existsSync(looked) ? readFileSync(looked, 'utf8').trim().split('\n') : [];
  const table = new Map();
  for (const { screen, found } of lines.map((line) => JSON.parse(line))) {
    const row = table.get(screen) ?? { pictures: 0, wrong: 0 };
    table.set(screen, { pictures: row.pictures + 1, wrong: row.wrong + found.length });
  }
  console.table(Object.fromEntries(table));
  return status === 0;
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    all: { type: 'string' },
    screens: { type: 'string' },
    looks: { type: 'string' },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  await buildWeb({ ifChanged: true });
  if (values.all === undefined) await takePicture();
  else if (!takeAll(resolve(values.all), values)) process.exitCode = 1;
}
process.exit();
