/** Measures how long a newcomer waits: from the navigation to a cluster that is up. */
import { chromium, type Browser } from '@playwright/test';

const RUNS = 5;

/** Real ms from the start of the navigation until five machines are Ready and all pods of the sample app Running. */
async function bootMs(browser: Browser): Promise<number> {
  const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    await page.goto(process.env['KUBARIUM_BENCH_URL'] ?? '', { waitUntil: 'commit' });
    const since = await page.waitForFunction(() => {
      const all = (kind: string, state: string, atLeast: number): boolean => {
        const things = [...document.querySelectorAll(`[data-kind="${kind}"]`)];
        return things.length >= atLeast && things.every((thing) => thing.getAttribute('data-state') === state);
      };
      return all('Machine', 'Ready', 5) && all('Pod', 'Running', 8) && performance.now();
    });
    return Number(await since.jsonValue());
  } finally {
    await context.close();
  }
}

/** The median of some runs, each with nothing cached; one before them warms up the browser itself. */
async function medianBootMs(): Promise<number> {
  const browser = await chromium.launch({
    ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    await bootMs(browser);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await bootMs(browser));
    return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
  } finally {
    await browser.close();
  }
}

export const benchmarks = [
  {
    name: 'boot/5-machines-ms',
    unit: 'ms',
    better: 'lower' as const,
    note: `navigation to five Ready nodes and the sample app Running, median of ${RUNS} fresh visits`,
    run: medianBootMs,
  },
];
