/** How smoothly the page moves while a cluster changes under it, and what a batch of changes costs the page's thread. */
import { chromium, type Page } from '@playwright/test';
import { generateCluster, type Wanted } from './generated-cluster';

type Motion = 'pan' | 'zoom' | 'cross';

interface Measured {
  readonly framesMs: readonly number[];
  readonly batchesMs: readonly number[];
  readonly longestTaskMs: number;
}

const SETTLE_MS = 2_000;
const MOVE_MS = 2_500;
/** A wheel's turns from the whole of fifty machines to where they are elements. */
const TURNS_TO_NEAR = 6;

const FIFTY: Wanted = { nodes: 50, pods: 1_500, zones: 3, changesPerSecond: 200 };
const THOUSAND: Wanted = { nodes: 1_000, pods: 30_000, zones: 3, changesPerSecond: 5_000 };
const FIVE_THOUSAND: Wanted = { nodes: 5_000, pods: 150_000, zones: 3, changesPerSecond: 5_000 };

/**
 * Moves the camera for a while, one step a frame, and says how long the frames were: from the time of one frame to that of the next,
 * as the browser gives it to whoever draws, which counts what is not shown and not when in a frame the page was asked.
 */
const move = (page: Page, motion: Motion): Promise<Measured> =>
  page.evaluate(
    async ([kind, forMs]) => {
      const pane = document.querySelector('.react-flow__pane')!;
      const box = pane.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const framesMs: number[] = [];
      const tasks: number[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      });
      observer.observe({ type: 'longtask' });
      const mouse = (to: EventTarget, type: string, dx: number, dy: number): boolean =>
        to.dispatchEvent(
          new MouseEvent(type, {
            clientX: x + dx,
            clientY: y + dy,
            buttons: 1,
            bubbles: true,
            cancelable: true,
            view: window,
          }),
        );
      const turn = (deltaY: number): boolean =>
        pane.dispatchEvent(
          new WheelEvent('wheel', { deltaY, clientX: x, clientY: y, bubbles: true, cancelable: true }),
        );
      globalThis.batchesMs.length = 0;
      if (kind === 'pan') mouse(pane, 'mousedown', 0, 0);
      await new Promise<void>((done) => {
        let begun = 0;
        let last = 0;
        const step = (now: DOMHighResTimeStamp): void => {
          if (last > 0) framesMs.push(now - last);
          begun ||= now;
          last = now;
          const at = framesMs.length;
          if (kind === 'pan') mouse(globalThis.window, 'mousemove', Math.sin(at / 20) * 150, Math.cos(at / 20) * 90);
          else turn((kind === 'zoom' ? 15 : 60) * (at % 80 < 40 ? 1 : -1));
          if (now - begun < forMs) requestAnimationFrame(step);
          else done();
        };
        requestAnimationFrame(step);
      });
      if (kind === 'pan') mouse(globalThis.window, 'mouseup', 0, 0);
      await new Promise((done) => setTimeout(done, 60));
      observer.disconnect();
      return { framesMs, batchesMs: [...globalThis.batchesMs], longestTaskMs: Math.max(0, ...tasks) };
    },
    [motion, MOVE_MS] as const,
  );

/** A page with such a cluster; from near when `near`. */
async function withCluster<Value>(
  wanted: Wanted,
  near: boolean,
  measure: (page: Page) => Promise<Value>,
): Promise<Value> {
  const browser = await chromium.launch({
    ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.addInitScript(generateCluster, wanted);
    await page.goto(process.env['KUBARIUM_BENCH_URL'] ?? '');
    await page.locator('canvas.far-canvas').waitFor();
    await page.waitForTimeout(SETTLE_MS);
    if (near) {
      await page.mouse.move(500, 300);
      for (let turn = 0; turn < TURNS_TO_NEAR; turn++) await page.mouse.wheel(0, -60);
      await page.locator('[data-kind="Machine"] [data-kind="Pod"]').first().waitFor();
      await page.waitForTimeout(SETTLE_MS);
    }
    return await measure(page);
  } finally {
    await browser.close();
  }
}

const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** p95 of the frames while panning and while zooming, the worse of both. */
const smooth = (wanted: Wanted, near: boolean) => () =>
  withCluster(wanted, near, async (page) => {
    const [pan, zoom] = [await move(page, 'pan'), await move(page, 'zoom')];
    const longest = Math.round(Math.max(pan.longestTaskMs, zoom.longestTaskMs));
    return {
      value: rounded(Math.max(p95(pan.framesMs), p95(zoom.framesMs))),
      beside: `longest task ${longest === 0 ? 'below 50' : longest} ms`,
    };
  });

/** A browser tells of tasks from 50 ms on: where there is none, that is the figure. */
const LEAST_TOLD_MS = 50;

/** The longest task of the page's thread while panning and zooming, from near and from far. */
const longestTask = async () => {
  let longest = LEAST_TOLD_MS;
  for (const [wanted, near] of [
    [FIFTY, true],
    [THOUSAND, false],
  ] as const)
    await withCluster(wanted, near, async (page) => {
      for (const motion of ['pan', 'zoom'] as const)
        longest = Math.max(longest, (await move(page, motion)).longestTaskMs);
    });
  return Math.round(longest);
};

const batch = (wanted: Wanted) => () =>
  withCluster(wanted, false, async (page) => rounded(p95((await move(page, 'pan')).batchesMs)));

/** The worst frame while the camera crosses the border between the two looks, there and back. */
const crossing = () =>
  withCluster(THOUSAND, false, async (page) => {
    await page.mouse.move(500, 300);
    for (let turn = 0; turn < 12; turn++) await page.mouse.wheel(0, -60);
    await page.waitForTimeout(SETTLE_MS);
    return rounded(Math.max(...(await move(page, 'cross')).framesMs));
  });

/** From a click on a painted machine to the paint that shows it selected, the worst of ten. */
const interaction = () =>
  withCluster(THOUSAND, false, async (page) => {
    await page.evaluate(() => {
      globalThis.batchesMs.length = 0;
      new PerformanceObserver((list) => {
        for (const { duration, name } of list.getEntries()) if (name === 'click') globalThis.batchesMs.push(-duration);
      }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
    });
    for (let click = 0; click < 10; click++) {
      await page.mouse.click(300 + click * 40, 200 + click * 15);
      await page.waitForTimeout(150);
    }
    const told = await page.evaluate(() => globalThis.batchesMs.filter((value) => value < 0).map((value) => -value));
    return Math.max(16, ...told);
  });

const lower = { unit: 'ms', better: 'lower' as const };
export const benchmarks = [
  {
    ...lower,
    name: 'frames/50-nodes-p95-ms',
    note: 'panning and zooming near 1,500 pods with 200 changes/s; at most 33',
    run: smooth(FIFTY, true),
  },
  {
    ...lower,
    name: 'frames/1000-nodes-p95-ms',
    note: 'panning and zooming far from 30,000 pods with 5,000 changes/s; at most 17',
    run: smooth(THOUSAND, false),
  },
  {
    ...lower,
    name: 'frames/5000-nodes-p95-ms',
    note: 'panning and zooming far from 150,000 pods with 5,000 changes/s; at most 17',
    run: smooth(FIVE_THOUSAND, false),
  },
  {
    ...lower,
    name: 'frames/switch-worst-ms',
    note: 'the worst frame while the camera crosses from far to near and back, 1,000 nodes; at most 70',
    run: crossing,
  },
  {
    ...lower,
    name: 'frames/batch-p95-ms',
    note: 'the page’s thread at a batch of changes, 30,000 pods with 5,000 changes/s; at most 2',
    run: batch(THOUSAND),
  },
  {
    ...lower,
    name: 'frames/longest-task-ms',
    note: 'the longest task of the page’s thread in both of these, near and far; 50 stands for all that are shorter; at most 50',
    run: longestTask,
  },
  {
    ...lower,
    name: 'frames/interaction-ms',
    note: 'from a click on one of 1,000 painted machines to the paint, the worst of ten; at most 100',
    run: interaction,
  },
];
