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

export default defineConfig({
  base: './',
  plugins: [react(), terserPass],
  resolve: { alias: [ui] },
  worker: { format: 'es' },
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
    testTimeout: 30_000,
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
