/**
 * The layer rule as data: what each layer may import. Default deny: a folder that is not listed here fails.
 * `.ci/house.mjs` enforces it and keeps the same rule in `.oxlintrc.json`, so that editors show it too.
 */

/** Packages that the engine may use: pure ones, without clock, network or randomness. */
const ENGINE_PACKAGES = ['kubernetes-models', '@kubernetes-models/*', 'yaml'];

const COMPONENT = ['#engine/late', '#engine/kernel', '#engine/api', '#engine/apiserver', '#engine/client'];
const ENGINE = [
  '#engine/late',
  '#engine/kernel',
  '#engine/api',
  '#engine/etcd',
  '#engine/apiserver',
  '#engine/client',
  '#engine/scheduler',
  '#engine/controllers',
  '#engine/node',
  '#engine/network',
  '#engine/addons',
  '#engine/kubectl',
];

/**
 * Folder under `src/` → the layers it may import by name, the packages it may use (with all below them)
 * and its floor. Tests may also import every engine layer on a lower floor.
 */
export const LAYERS = {
  'engine/late': { floor: 0, layers: [], packages: [] },
  'engine/kernel': { floor: 0, layers: [], packages: [] },
  'engine/api': { floor: 0, layers: ['#engine/late'], packages: ENGINE_PACKAGES },
  'engine/etcd': { floor: 1, layers: ['#engine/late', '#engine/kernel'], packages: [] },
  'engine/apiserver': {
    floor: 2,
    layers: ['#engine/late', '#engine/kernel', '#engine/api', '#engine/etcd'],
    packages: [],
  },
  'engine/client': {
    floor: 3,
    layers: ['#engine/late', '#engine/kernel', '#engine/api', '#engine/apiserver'],
    packages: [],
  },
  'engine/scheduler': { floor: 4, layers: COMPONENT, packages: [] },
  'engine/controllers': { floor: 4, layers: COMPONENT, packages: [] },
  'engine/node': { floor: 4, layers: COMPONENT, packages: ['unbash'] },
  'engine/network': { floor: 4, layers: COMPONENT, packages: [] },
  'engine/addons': { floor: 4, layers: COMPONENT, packages: [] },
  'engine/kubectl': { floor: 4, layers: COMPONENT, packages: [] },
  'engine/cluster': { floor: 5, layers: ENGINE, packages: [] },
  scenarios: { floor: 6, layers: ['#engine/api', '#engine/cluster'], packages: ['yaml'] },
  host: {
    floor: 7,
    layers: ['#host', '#scenarios', '#engine/cluster', '#engine/api', '#engine/kernel', '#engine/late'],
    packages: ['yaml'],
    node: ['host/node'],
    nodePackages: ['node:*', 'ws'],
  },
  ui: {
    floor: 8,
    layers: ['#ui', '#host', '#scenarios', '#engine/cluster', '#engine/api', '#engine/kernel'],
    packages: [
      'react',
      'react-dom',
      'zustand',
      '@xyflow/react',
      '@mantine/*',
      '@xterm/*',
      'html-to-image',
      '@codemirror/*',
      'lucide-react',
      'yaml',
    ],
  },
};

/** The folders that may stand directly under these; files may stand in `host` itself (shared by both hosts). */
export const KNOWN_FOLDERS = {
  '': ['engine', 'scenarios', 'host', 'ui'],
  engine: Object.keys(LAYERS)
    .filter((layer) => layer.startsWith('engine/'))
    .map((layer) => layer.slice('engine/'.length)),
  host: ['worker', 'node'],
};

/** What tests and benchmarks may import besides. */
export const TEST_PACKAGES = ['vitest', 'fast-check', 'node:*', '@axe-core/*', '@kubernetes/client-node'];

/** Globals that an engine may not see: clocks, timers, chance, the outside, and what differs from host to host. */
export const IMPURE_GLOBALS = [
  'Date',
  'Intl',
  'Promise',
  'Atomics',
  'SharedArrayBuffer',
  'WeakRef',
  'FinalizationRegistry',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'fetch',
  'performance',
  'crypto',
  'console',
  'navigator',
  'window',
  'self',
  'document',
  'location',
  'localStorage',
  'indexedDB',
  'process',
  'Buffer',
  'globalThis',
  'structuredClone',
  'postMessage',
  'Worker',
  'eval',
];

/** Members whose result is implementation-defined, random, or depends on the locale. `Math`'s need their object. */
export const IMPURE_MATH = [
  'random',
  'log',
  'log2',
  'log10',
  'log1p',
  'exp',
  'expm1',
  'pow',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'atan2',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'cbrt',
  'hypot',
];
export const IMPURE_MEMBERS = [
  'localeCompare',
  'toLocaleString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
  'toLocaleDateString',
  'toLocaleTimeString',
];

/** The overrides of `.oxlintrc.json` that say the rule above in oxlint's terms. */
export function oxlintOverrides() {
  const tests = ['**/*.test.ts', '**/*.test.tsx', '**/*.bench.ts'];
  const purity = {
    files: ['src/engine/**/*.ts', 'src/scenarios/**/*.ts'],
    excludeFiles: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        ...IMPURE_GLOBALS.map((name) => ({ name, message: 'The engine is pure and deterministic.' })),
      ],
      'no-restricted-properties': [
        'error',
        ...IMPURE_MATH.map((property) => ({ object: 'Math', property, message: 'Differs from engine to engine.' })),
        ...IMPURE_MEMBERS.map((property) => ({ property, message: 'Depends on the locale.' })),
      ],
      'oxc/no-async-await': 'error',
    },
  };
  const layers = Object.entries(LAYERS).map(([folder, rule]) => ({
    files: [`src/${folder}/**/*.ts`, `src/${folder}/**/*.tsx`],
    excludeFiles: [...tests, ...(rule.node ?? []).map((path) => `src/${path}/**`)],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                '*',
                '!./**',
                '!../**',
                ...rule.layers.map((layer) => `!\\${layer}/**`),
                ...rule.packages.flatMap((name) => (name.endsWith('/*') ? [`!${name}*`] : [`!${name}`, `!${name}/**`])),
              ],
              message: `src/${folder} may not import this: see .ci/layers.mjs.`,
            },
          ],
        },
      ],
    },
  }));
  return [purity, ...layers];
}
