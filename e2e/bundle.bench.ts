import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';

/** Loads the playground in Chromium and adds up every script that page and worker fetch until the network is quiet. */
async function initialGzipBytes(): Promise<number> {
  const browser = await chromium.launch({
    ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const scripts = new Map<string, Promise<number>>();
    context.on('response', (response) => {
      if (/\.m?js(\?|$)/.test(response.url()))
        scripts.set(
          response.url(),
          response.body().then((body) => gzipSync(body, { level: 9 }).length),
        );
    });
    const page = await context.newPage();
    await page.goto(process.env['KUBARIUM_BENCH_URL'] ?? '', { waitUntil: 'networkidle' });
    const sizes = await Promise.all(scripts.values());
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    await browser.close();
  }
}

export const benchmarks = [
  {
    name: 'bundle/initial-gzip-bytes',
    unit: 'bytes',
    better: 'lower' as const,
    note: 'JavaScript that page and worker fetch at first, gzipped',
    run: initialGzipBytes,
  },
];
