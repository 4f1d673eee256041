/**
 * Every check that CI runs, in order, stopping at the first that fails. The last line printed is
 * `N passed, N failed, N skipped`, summed over the unit tests and those in the browser; a check without tests of its own
 * that fails counts as one failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './install.mjs';

const REPORTS = join(ROOT, 'test-results', 'reports');
const UNIT_REPORT = join(REPORTS, 'unit.json');
const E2E_REPORT = join(REPORTS, 'e2e.json');

const CHECKS = [
  { name: 'format', command: ['prettier', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', ...'src e2e .ci'.split(' ')] },
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'house rules', node: ['.ci/house.mjs'] },
  { name: 'dead code', command: ['knip'] },
  {
    name: 'unit tests',
    command: ['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`],
    counts: () => unitCounts(readReport(UNIT_REPORT)),
  },
  { name: 'build', node: ['.ci/build.mjs'] },
  {
    name: 'tests in the browser',
    node: ['.ci/e2e.mjs', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: E2E_REPORT },
    counts: () => e2eCounts(readReport(E2E_REPORT)),
  },
];

/** Runs all checks; resolves to the exit code. */
export async function check() {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  let ok = true;
  for (const { name, command, node, env, counts } of CHECKS) {
    console.log(`\n── ${name}`);
    const [file, args] = node
      ? [process.execPath, node]
      : [join(ROOT, 'node_modules', '.bin', command[0]), command.slice(1)];
    const started = Date.now();
    const { status, error } = spawnSync(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (error) console.error(String(error));
    const counted = counts?.() ?? { passed: 0, failed: 0, skipped: 0 };
    const ran = !counts || counted.passed + counted.failed > 0;
    if (!ran) console.error(`${name}: nothing was run`);
    ok = status === 0 && counted.failed === 0 && ran;
    if (!ok && counted.failed === 0) counted.failed = 1;
    for (const key of Object.keys(total)) total[key] += counted[key];
    console.log(`   ${name}: ${ok ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (!ok) break;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return ok ? 0 : 1;
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function unitCounts(report) {
  return {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

function e2eCounts(report) {
  const stats = report?.stats ?? {};
  return {
    passed: stats.expected ?? 0,
    failed: (stats.unexpected ?? 0) + (stats.flaky ?? 0),
    skipped: stats.skipped ?? 0,
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href)
  process.exitCode = await check();
