import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/local/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/local-workspace/page', import.meta.url)),
    emptyOutDir: true,
    assetsDir: 'assets',
    // The page's CSP allows data: for pictures only.
    assetsInlineLimit: 0,
    // Everything is on the same machine: one file loads faster than many.
    chunkSizeWarningLimit: 1_500,
  },
});
