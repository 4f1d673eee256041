/**
 * Builds the playground into dist/web and the command line into dist/node. `--web` builds the playground alone;
 * `--if-changed` builds only when a source differs from the last build.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { apiModels } from './api-models.mjs';
import { ROOT } from './install.mjs';

const SOURCES = ['src', 'public', 'index.html', 'package-lock.json', 'package.json', 'vite.config.ts'];
const STAMP = join(ROOT, 'dist', '.web-sources');

/** Builds the playground. */
export async function buildWeb({ ifChanged = false } = {}) {
  const sources = fingerprint();
  if (ifChanged && existsSync(join(ROOT, 'dist/web/index.html')) && existsSync(STAMP)) {
    if (readFileSync(STAMP, 'utf8') === sources) return;
  }
  await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(STAMP, sources);
}

/** Builds the command line, as one executable file, and what it tells of the API's types beside it. */
export async function buildNode() {
  if (!existsSync(join(ROOT, 'src/host/node/kubarium.ts'))) {
    console.log('src/host/node/kubarium.ts does not exist yet: no command line built');
    return;
  }
  await build({ root: ROOT, configFile: join(ROOT, 'vite.node.config.ts'), logLevel: 'warn' });
  const file = join(ROOT, 'dist/node/kubarium.js');
  chmodSync(file, 0o755);
  writeFileSync(join(ROOT, 'dist/node/api-models.json'), JSON.stringify(apiModels()));
}

/** A hash over the content of everything that the playground is built from. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) add(child);
      else hash.update(child).update(readFileSync(child));
    }
  };
  for (const name of SOURCES) {
    const path = join(ROOT, name);
    if (!existsSync(path)) continue;
    if (/^(src|public)$/.test(name)) add(path);
    else hash.update(name).update(readFileSync(path));
  }
  return hash.digest('hex');
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  await buildWeb({ ifChanged: process.argv.includes('--if-changed') });
  if (!process.argv.includes('--web')) await buildNode();
}
