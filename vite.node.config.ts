import { defineConfig } from 'vite';

/** The command line as one file that runs without node_modules. */
export default defineConfig({
  build: {
    ssr: 'src/host/node/kubarium.ts',
    target: 'node20',
    outDir: 'dist/node',
    emptyOutDir: true,
    copyPublicDir: false,
    rolldownOptions: {
      output: {
        format: 'es',
        entryFileNames: 'kubarium.js',
        codeSplitting: false,
      },
    },
  },
  ssr: { noExternal: true },
});
