/** Plants violations in an otherwise clean copy of the house and expects the checks to fail, each for its own reason. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { violations } from './house.mjs';
import { ROOT } from './install.mjs';

const CLEAN = {
  'src/engine/kernel/time.ts': 'export const now = 1;\n',
  'src/engine/api/names.ts': "import { parse } from 'yaml';\n\nexport const names = parse('[]') as unknown;\n",
  'src/engine/client/plan.ts':
    "import { names } from '#engine/api/names';\nimport { now } from '#engine/kernel/time';\n\nexport const plan = { names, now };\n",
  'src/ui/stage/pod.tsx': "export const Pod = () => 'pod';\n",
  'src/ui/main.tsx': "import { Pod } from './stage/pod';\n\nexport const pods = [Pod];\n",
};

let house = '';

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'kubarium-house-'));
  for (const name of ['.oxlintrc.json', 'package.json']) cpSync(join(ROOT, name), join(house, name));
  for (const name of ['tsconfig.base.json', 'tsconfig.engine.json']) cpSync(join(ROOT, name), join(house, name));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  plant(CLEAN);
});

afterEach(() => rmSync(house, { recursive: true, force: true }));

function plant(files) {
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), code);
  }
}

const linted = () => run('oxlint', ['-f', 'unix', 'src']);
const typed = () => run('tsc', ['-p', 'tsconfig.engine.json']);

function run(tool, args) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules', '.bin', tool), args, {
    cwd: house,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('the house as it should be', () => {
  it('passes the house rules, the linter and the engine compiler', () => {
    expect(violations(house)).toEqual([]);
    expect(linted()).toMatchObject({ status: 0 });
    expect(typed()).toEqual({ status: 0, output: '' });
  });
});

describe('a planted violation of the house rules fails', () => {
  const big = 'export {};\n'.repeat(401);
  it.each([
    ['an import upward', 'src/engine/kernel/up.ts', "import '#engine/cluster/door';\n", 'may not use engine/cluster'],
    ['an import sideways', 'src/engine/scheduler/a.ts', "import '#engine/node/b';\n", 'may not use engine/node'],
    [
      'a type import upward',
      'src/engine/etcd/up.ts',
      "import type { A } from '#engine/api/names';\nexport type B = A;\n",
      'may not use engine/api',
    ],
    [
      'a type imported inline',
      'src/engine/etcd/in.ts',
      "export type B = import('#engine/api/names').A;\n",
      'may not use engine/api',
    ],
    [
      'a re-export upward',
      'src/engine/api/re.ts',
      "export * from '#engine/client/plan';\n",
      'may not use engine/client',
    ],
    [
      'a dynamic import upward',
      'src/engine/api/dyn.ts',
      "export const a = () => import('#engine/client/plan');\n",
      'may not use engine/client',
    ],
    [
      'a relative import out of the layer',
      'src/engine/client/rel.ts',
      "import '../api/names';\n",
      'climbs out of its layer',
    ],
    [
      'an import of the own layer by name',
      'src/engine/client/own.ts',
      "import '#engine/client/plan';\n",
      'inside a layer import relatively',
    ],
    ['the engine importing the page', 'src/engine/cluster/ui.ts', "import '#ui/stage/pod';\n", 'may not use ui'],
    ['the page importing a component', 'src/ui/peek.ts', "import '#engine/etcd/store';\n", 'may not use engine/etcd'],
    [
      'a package that the layer may not use',
      'src/engine/kernel/pkg.ts',
      "import 'react';\n",
      'may not use this package',
    ],
    ['a Node module in the worker', 'src/host/worker/fs.ts', "import 'node:fs';\n", 'may not use this package'],
    ['a folder in the engine that no rule knows', 'src/engine/extra/a.ts', 'export {};\n', 'no rule knows this folder'],
    ['a folder in src that no rule knows', 'src/shared/a.ts', 'export {};\n', 'no rule knows this folder'],
    ['a file outside the layers', 'src/engine/loose.ts', 'export {};\n', "live in a layer's folder"],
    [
      'Math.random by computed name',
      'src/engine/kernel/r.ts',
      "export const a = Math['random']();\n",
      'Math.random in the engine',
    ],
    [
      'a locale function',
      'src/engine/api/l.ts',
      "export const a = 'a'.localeCompare('b');\n",
      'localeCompare in the engine',
    ],
    ['an async function', 'src/engine/api/as.ts', 'export async function a() {}\n', 'an async function in the engine'],
    ['a file that is too long', 'src/engine/api/long.ts', big, '401 lines'],
    ['a default export', 'src/engine/api/d.ts', 'export default 1;\n', 'default export'],
    ['a barrel', 'src/engine/api/index.ts', 'export {};\n', 'says nothing'],
    ['a vague name', 'src/engine/api/utils.ts', 'export {};\n', 'says nothing'],
    ['a name that is not kebab-case', 'src/ui/PodCard.tsx', 'export {};\n', 'not kebab-case'],
  ])('%s', (_what, path, code, reason) => {
    plant({ [path]: code });
    expect(violations(house).join('\n')).toContain(reason);
  });

  it.each([
    ['between tags', '<p>Hello there</p>'],
    ['as a name', '<button aria-label="Close it" />'],
    ['as a title that depends', "<b title={1 > 0 ? 'Yes' : ''} />"],
    ['put together', '<p>{`${1} pods`}</p>'],
  ])('words that are in no catalogue, %s', (_where, element) => {
    plant({ 'src/ui/stage/words.tsx': `export const Words = () => ${element};\n` });
    expect(violations(house)).toEqual([expect.stringContaining('put it into the catalogues')]);
  });

  it('but figures, signs, classes and what a catalogue says pass', () => {
    const element = '<p className="quiet" title={text.a}>{text.b} · {`${1}/${2}`} ×</p>';
    plant({
      'src/ui/stage/words.tsx': `declare const text: Record<string, string>;\nexport const Words = () => ${element};\n`,
    });
    expect(violations(house)).toEqual([]);
  });

  it('an import cycle, also one through a .tsx file', () => {
    plant({
      'src/ui/a.ts': "export { B } from '#ui/b';\n",
      'src/ui/b.tsx': "export { A } from './a';\n",
    });
    expect(violations(house).join('\n')).toContain('import cycle');
  });

  it('an .oxlintrc.json that no longer says what the layer table says', () => {
    writeFileSync(join(house, '.oxlintrc.json'), '{ "overrides": [] }\n');
    expect(violations(house).join('\n')).toContain('differs from .ci/layers.mjs');
  });

  it('a lock-file that lacks a package of another platform', () => {
    const lock = { packages: { 'node_modules/tool': { optionalDependencies: { '@tool/darwin': '1.0.0' } } } };
    writeFileSync(join(house, 'package-lock.json'), JSON.stringify(lock));
    expect(violations(house).join('\n')).toContain('wants @tool/darwin, which is missing');
  });

  it('but a long file with its reason passes', () => {
    plant({ 'src/engine/api/long.ts': `// long: one table\n${big}` });
    expect(violations(house)).toEqual([]);
  });

  it('and tests may use the floors below and the test libraries', () => {
    plant({
      'src/engine/client/plan.test.ts':
        "import { it } from 'vitest';\nimport '#engine/etcd/store';\n\nit('runs', () => {});\n",
    });
    expect(violations(house)).toEqual([]);
  });
});

describe('a planted violation fails in the linter too', () => {
  it.each([
    [
      'an import upward',
      "import { plan } from '#engine/client/plan';\n\nexport const a = plan;\n",
      'no-restricted-imports',
    ],
    [
      'a package that the layer may not use',
      "import { parse } from 'yaml';\n\nexport const a = parse;\n",
      'no-restricted-imports',
    ],
    ['Date.now()', 'export const a = Date.now();\n', 'no-restricted-globals'],
    ['setTimeout', 'export const a = () => setTimeout(() => {}, 1);\n', 'no-restricted-globals'],
    ['a promise', 'export const a = () => Promise.resolve(1);\n', 'no-restricted-globals'],
    ['a way round by globalThis', 'export const a = globalThis.Math.random();\n', 'no-restricted-globals'],
    ['Math.random', 'export const a = Math.random();\n', 'no-restricted-properties'],
    ['Math.random by destructuring', 'export const { random } = Math;\n', 'no-restricted-properties'],
    ['localeCompare', "export const a = 'a'.localeCompare('b');\n", 'no-restricted-properties'],
    ['an async function', 'export async function a() {}\n', 'no-async-await'],
  ])('%s', (_what, code, rule) => {
    plant({ 'src/engine/kernel/planted.ts': code });
    const { status, output } = linted();
    expect(output).toContain(rule);
    expect(status).not.toBe(0);
  });

  it('an import cycle', () => {
    plant({
      'src/engine/kernel/a.ts': "import { b } from './b';\n\nexport const a = () => b;\n",
      'src/engine/kernel/b.ts': "import { a } from './a';\n\nexport const b = () => a;\n",
    });
    const { status, output } = linted();
    expect(output).toContain('no-cycle');
    expect(status).not.toBe(0);
  });
});

describe('a planted violation fails in the engine compiler too', () => {
  it.each(['setTimeout(() => {}, 1);', 'console.log(1);', 'performance.now();', "fetch('/');", 'process.exit();'])(
    '%s',
    (code) => {
      plant({ 'src/engine/kernel/planted.ts': `${code}\nexport {};\n` });
      expect(typed().status).not.toBe(0);
    },
  );
});
