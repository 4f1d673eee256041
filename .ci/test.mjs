/** `npm test`: installs what is missing (packages, a Chromium), then runs every check that CI runs. */
import { installPackages, requireNode } from './install.mjs';

requireNode();
installPackages();

const { ensureChromium } = await import('./chromium.mjs');
const { check } = await import('./check.mjs');

try {
  process.env.CHROMIUM_PATH = ensureChromium();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
process.exitCode = await check();
