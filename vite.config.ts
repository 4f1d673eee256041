import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// package.json maps #ui/* to .ts and .tsx. Vite reads only the first of the two, so it is told the folder.
const ui = { find: /^#ui\//, replacement: fileURLToPath(new URL('./src/ui/', import.meta.url)) };

/**
 * Terser as a second pass over what Vite's own minifier made of page and worker: 1 % smaller than either alone.
 * (`build.minify: 'terser'` takes the first pass away and leaves the worker's white space in.)
 */
const terserPass: Plugin = {
  name: 'kubarium:terser',
  apply: (_config, { command, isSsrBuild }) => command === 'build' && isSsrBuild !== true,
  enforce: 'post',
  async generateBundle(_options, bundle) {
    const { minify } = await import('terser');
    const shrunk = async (code: string): Promise<string> => {
      const compress = { passes: 2, ecma: 2020, unsafe_arrows: true, pure_getters: true } as const;
      return (await minify(code, { module: true, ecma: 2020, compress, mangle: true })).code ?? code;
    };
    for (const file of Object.values(bundle)) {
      if (!file.fileName.endsWith('.js')) continue;
      if (file.type === 'chunk') file.code = await shrunk(file.code);
      else if (typeof file.source === 'string') file.source = await shrunk(file.source); // a worker
    }
  },
};

/**
 * Leaves out of the page what React Flow brings and the stage never calls: 19 KB gzipped. The stage moves its viewport by frames of
 * its own, never by a `duration`, and draws its own nodes and lines: React Flow's edges, its kinds of nodes and d3's transitions are not
 * there to be used. A release of a library that reads otherwise fails the build.
 */
const leanLibraries = (): Plugin => ({
  ...replacing('kubarium:lean-libraries', LEAN),
  load(id) {
    // d3-zoom stops transitions that nobody starts; with them come colours, eases and timers.
    return id.includes('/d3-transition/') ? WITHOUT_TRANSITIONS : null;
  },
});

type Replacement = readonly [path: string, from: RegExp | string, to: string];

/** Replaces text in libraries, or fails the build when it is not there. */
const replacing = (name: string, replacements: readonly Replacement[]): Plugin => ({
  name,
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    const changes = replacements.filter(([path]) => id.includes(path));
    if (changes.length === 0) return null;
    return changes.reduce((before, [path, from, to]) => {
      const changed = before.replaceAll(from, to);
      if (changed === before) throw new Error(`${path}: ${String(from)} is not there`);
      return changed;
    }, code);
  },
});

const WITHOUT_TRANSITIONS = `
  import { selection } from 'd3-selection';
  selection.prototype.interrupt = function () { return this; };
  export const interrupt = () => {};
`;

/** What is replaced where. Calls at the top of a module are marked as pure, so that what nobody uses is left out. */
const LEAN: readonly Replacement[] = [
  // A viewport is an array of three numbers: of `interpolate`'s kinds only this one, and no colours.
  ['/@xyflow/system/', 'interpolateZoom, interpolate }', 'interpolateZoom, interpolateNumberArray as interpolate }'],
  ['/d3-interpolate/', /^var ([\w$]+) = ([\w$]+\(|\(function)/gm, 'var $1 = /*#__PURE__*/ $2'],
  ['/@xyflow/react/dist/esm/', /^\w+\.displayName = .*$/gm, ''],
  ['/@xyflow/react/dist/esm/', /^const (\w+) = (\w+\()/gm, 'const $1 = /*#__PURE__*/ $2'],
  ['/@xyflow/react/dist/esm/', /^const EdgeRenderer = .*$/gm, 'const EdgeRenderer = () => null;'],
  ['/@xyflow/react/dist/esm/', /jsx\(ConnectionLineWrapper, /g, 'jsx(EdgeRenderer, '],
  ['/@xyflow/react/dist/esm/', /^const builtin(Node|Edge)Types = \{[^}]*\}/gm, 'const builtin$1Types = {}'],
];

/**
 * Nothing but what was built with the page runs or is fetched, and nothing is written into the page as script or style (decision
 * 0018). The page says so itself, whoever serves it; a worker is told by its server only.
 */
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'";

const contentSecurityPolicy = (): Plugin => ({
  ...replacing('kubarium:content-security-policy', STRICT),
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
});

/** xterm writes style elements and attributes: these become constructed sheets (`terminal/constructed-style.ts`) and properties. */
const STRICT: readonly Replacement[] = [
  ['/@xterm/xterm/lib/xterm.mjs', 'createElement("style")', 'createElement("constructed-style")'],
  ['/@xterm/xterm/lib/xterm.mjs', /(\w+)\.setAttribute\("style",`\$\{\1[^`]*\$\{(\w+)\};`\)/g, '$1.style.cssText+=$2'],
];

const BUILDER: string = new URL('./.ci/api-models.mjs', import.meta.url).href;

/** What `kubectl explain` tells of the API's types, made from the packages that describe them: a chunk of its own. */
const apiModelsChunk: Plugin = {
  name: 'kubarium:api-models',
  async load(id) {
    if (!id.endsWith('/src/host/worker/api-models.ts')) return null;
    const built = (await import(BUILDER)) as { readonly apiModels: () => unknown };
    return `export const models = JSON.parse(${JSON.stringify(JSON.stringify(built.apiModels()))});`;
  },
};

export default defineConfig({
  base: './',
  plugins: [react(), leanLibraries(), terserPass, contentSecurityPolicy(), apiModelsChunk],
  preview: { headers: { 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' } },
  resolve: { alias: [ui], dedupe: ['zustand'] },
  worker: { format: 'es', plugins: () => [apiModelsChunk] },
  build: {
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
    target: 'es2023',
    outDir: 'dist/web',
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 2000,
  },
  test: {
    testTimeout: 120_000, // far more than they take: machines that are busy with other things take ten times as long
    setupFiles: ['.ci/seed.mjs'],
    projects: [
      {
        extends: true,
        test: {
          name: 'engine',
          environment: 'node',
          include: ['src/{engine,scenarios,host}/**/*.test.ts', '.ci/**/*.test.mjs'],
        },
      },
      { extends: true, test: { name: 'ui', environment: 'happy-dom', include: ['src/ui/**/*.test.{ts,tsx}'] } },
    ],
  },
});
