/**
 * Makes sure that the packages of the lock-file are installed. Plain Node without dependencies, so that it runs on a bare
 * clone; the version check comes first and must itself run on old Nodes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the process with a clear message when this Node is older than 20.19. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Kubarium needs Node 20.19 or newer; this is Node ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}

/** Runs `npm ci` when packages are missing or are not those of the lock-file. */
export function installPackages() {
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm && npm.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = ['ci', '--include=dev', '--engine-strict=false', '--loglevel=error', '--no-audit', '--no-fund'];
  const result = spawnSync(command, first.concat(args), { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status === 0) return;
  console.error('npm ci failed; the reason is above.');
  process.exit(result.status || 1);
}

/** Whether what npm says it installed is what the lock-file asks for (optional packages of other platforms aside). */
function isInstalled() {
  const hidden = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  try {
    const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
    return Object.keys(wanted).every((path) => {
      if (path === '') return true;
      const entry = installed[path];
      if (entry === undefined) return wanted[path].optional === true || wanted[path].devOptional === true;
      return entry.version === wanted[path].version && entry.integrity === wanted[path].integrity;
    });
  } catch {
    return false; // an unreadable lock-file is npm's to explain
  }
}
