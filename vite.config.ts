import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// package.json maps #ui/* to .ts and .tsx. Vite reads only the first of the two, so it is told the folder.
const ui = { find: /^#ui\//, replacement: fileURLToPath(new URL('./src/ui/', import.meta.url)) };

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { alias: [ui] },
  worker: { format: 'es' },
  build: { target: 'es2023', outDir: 'dist/web', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 2000 },
  test: {
    testTimeout: 30_000,
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
