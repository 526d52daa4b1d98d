import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Built into static files that the server holds in memory. Nothing inline: the page runs under a strict CSP. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
})
