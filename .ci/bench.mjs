/**
 * `npm run bench [-- FILTER]`: runs the benchmarks whose name contains FILTER, prints a table and writes bench/results.json.
 *
 * A benchmark file (`*.bench.ts` in src or e2e) exports
 * `benchmarks: { name, unit, better: 'higher' | 'lower', note, run(): Measured | Promise<Measured> }[]`, where `Measured` is a number,
 * or `{ value: number, beside: string }` with what else was measured in words.
 * The files are bundled as the command line is and run with its flags of V8, so that figures are those of production, and
 * each benchmark has a process of its own, so that its figure does not depend on which others are chosen. Those in e2e measure
 * the production build in Chromium: `dist/web` is built first, and `KUBARIUM_BENCH_URL` and `CHROMIUM_PATH` are set.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages, requireNode, ROOT } from './install.mjs';

requireNode();
installPackages();

const { build, preview } = await import('vite');

const filter = process.argv[2] ?? '';
const files = ['src', 'e2e'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.bench.ts'))
    .map((path) => join(ROOT, folder, path))
    .sort(),
);
const bundles = join(ROOT, 'node_modules', '.cache', 'kubarium-bench'); // below node_modules, so that packages resolve
const chosen = (await load(files)).filter((benchmark) => benchmark.name.includes(filter));
if (chosen.length === 0) {
  console.error(filter ? `no benchmark's name contains "${filter}"` : 'no benchmarks found');
  process.exit(1);
}

const server = chosen.some((benchmark) => benchmark.inBrowser) ? await servePlayground() : undefined;
const results = [];
for (const benchmark of chosen) {
  const { name, unit, better, note } = benchmark;
  try {
    const answer = await measured(benchmark);
    const { value, beside } = typeof answer === 'object' ? answer : { value: answer };
    if (!Number.isFinite(value)) throw new Error(`measured ${value}`);
    results.push({ name, value, unit, better, note, ...(beside && { beside }) });
    console.log(
      `${name.padEnd(44)} ${format(value).padStart(16)} ${unit.padEnd(12)} ${better} is better  ${beside ? `(${beside}) ` : ''}${note}`,
    );
  } catch (error) {
    console.error(`${name.padEnd(44)} FAILED ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
mkdirSync(join(ROOT, 'bench'), { recursive: true });
writeFileSync(join(ROOT, 'bench', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
rmSync(bundles, { recursive: true, force: true });
await server?.close();
process.exit();

/** What a benchmark measures, in a process of its own with the flags of this one and of the command line. */
async function measured({ file, name }) {
  const child = fork(join(ROOT, '.ci', 'bench-run.mjs'), [file, name], {
    execArgv: [...process.execArgv, ...flagsOfCommandLine()],
  });
  let value;
  child.on('message', (message) => (value = message));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ended with ${code}`);
  return value;
}

/** As its first line has them. */
function flagsOfCommandLine() {
  const [first] = readFileSync(join(ROOT, 'src/host/node/kubarium.ts'), 'utf8').split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}

/** Bundles the files and returns their benchmarks, each marked when it belongs to the browser. */
async function load(paths) {
  if (paths.length === 0) return [];
  rmSync(bundles, { recursive: true, force: true });
  const names = paths.map((path) => relative(ROOT, path).replaceAll(/[^a-z0-9]+/g, '-'));
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir: bundles,
      emptyOutDir: true,
      copyPublicDir: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name, index) => [name, paths[index]])),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[hash].mjs' },
      },
    },
  });
  const loaded = [];
  for (const [index, name] of names.entries()) {
    const file = join(bundles, `${name}.mjs`);
    const module = await import(pathToFileURL(file).href);
    if (!Array.isArray(module.benchmarks)) throw new Error(`${paths[index]} exports no benchmarks`);
    const inBrowser = relative(ROOT, paths[index]).startsWith('e2e');
    loaded.push(...module.benchmarks.map((benchmark) => ({ ...benchmark, file, inBrowser })));
  }
  return loaded;
}

/** Builds the playground, serves it on a free port and tells the benchmarks where it is and which Chromium to take. */
async function servePlayground() {
  const { buildWeb } = await import('./build.mjs');
  const { ensureChromium } = await import('./chromium.mjs');
  const { freePort } = await import('./port.mjs');
  process.env.CHROMIUM_PATH = ensureChromium();
  await buildWeb({ ifChanged: true });
  const port = await freePort();
  process.env.KUBARIUM_BENCH_URL = `http://127.0.0.1:${port}/`;
  return preview({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    preview: { host: '127.0.0.1', port, strictPort: true, open: false },
    logLevel: 'warn',
  });
}

function format(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 3 : 0 });
}
