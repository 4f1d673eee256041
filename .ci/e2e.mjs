/** Runs Playwright on a port that is free now, with the Chromium that was found. Arguments go to `playwright test`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { ROOT } from './install.mjs';
import { freePort } from './port.mjs';

const chromium = findChromium();
if (!chromium) throw new Error('no Chromium found: `npm test` installs one, or set CHROMIUM_PATH');
if (!existsSync(join(ROOT, 'dist/web/index.html'))) throw new Error('dist/web is missing: run `npm run build` first');

const { status } = spawnSync(join(ROOT, 'node_modules', '.bin', 'playwright'), ['test', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, CHROMIUM_PATH: chromium, KUBARIUM_E2E_PORT: String(await freePort()) },
});
process.exitCode = status ?? 1;
