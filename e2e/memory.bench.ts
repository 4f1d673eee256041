/** What a pod costs that lies in the API server and its etcd, measured in Chromium. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type CDPSession } from '@playwright/test';
import { build } from 'vite';

const PODS = 2_000;

/** The code that the page runs, in one piece. */
async function bundled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kubarium-memory-'));
  try {
    await build({
      configFile: join(process.cwd(), 'vite.config.ts'),
      logLevel: 'warn',
      build: {
        outDir: folder,
        emptyOutDir: true,
        copyPublicDir: false,
        lib: { entry: join(process.cwd(), 'e2e', 'pods-at-rest.ts'), formats: ['es'], fileName: 'pods-at-rest' },
        rolldownOptions: { output: { codeSplitting: false } },
      },
    });
    return readFileSync(join(folder, 'pods-at-rest.js'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function liveBytes(session: CDPSession): Promise<number> {
  let bytes = Infinity;
  for (;;) {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    if (usedSize >= bytes) return bytes;
    bytes = usedSize;
  }
}

async function bytesOfPodAtRest(): Promise<number> {
  const browser = await chromium.launch({
    ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ type: 'module', content: await bundled() });
    const session = await page.context().newCDPSession(page);
    const fill = (pods: number): Promise<void> =>
      page.evaluate((count) => (globalThis as unknown as { podsAtRest(count: number): void }).podsAtRest(count), pods);
    await fill(PODS); // compiles the code, and fills what is remembered
    const before = await liveBytes(session);
    await fill(PODS);
    const between = await liveBytes(session);
    await fill(2 * PODS);
    const after = await liveBytes(session);
    return Math.round((after - between - (between - before)) / PODS);
  } finally {
    await browser.close();
  }
}

export const benchmarks = [
  {
    name: 'memory/pod-at-rest-bytes',
    unit: 'bytes',
    better: 'lower' as const,
    note: `live heap in Chromium of a Running pod beside others of its template in an API server and its etcd, after compaction and snapshot; of ${PODS} more pods in one than in another`,
    run: bytesOfPodAtRest,
  },
];
