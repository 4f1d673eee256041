/** Finds a Chromium for the tests, or installs one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const WELL_KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium that starts, or undefined. `CHROMIUM_PATH` goes first, Playwright's own last. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && !starts(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, which does not start`);
  return chosen || [...WELL_KNOWN, chromium.executablePath()].find(starts);
}

/** The path of a Chromium, installed when there was none. Throws when that is impossible. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  console.log('No Chromium found; installing one …');
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/etc/debian_version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (run('apt-get', ['update', '-qq'], env)) run('apt-get', ['install', '-y', '-qq', 'chromium'], env);
  }
  if (!findChromium()) run('npx', ['--no-install', 'playwright', 'install', 'chromium'], process.env);
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('no Chromium could be installed; install one and set CHROMIUM_PATH to it');
}

function starts(path) {
  return existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function run(command, args, env) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}
