import { defineConfig } from 'vitest/config'

/** The agent that answers while the viewer is worked on. */
const agent = process.env.FLUORO_AGENT ?? 'http://127.0.0.1:2080'

const apiPaths = '^/(api|health|ready|metrics|[A-Z][A-Za-z]+)'

/** The agent refuses requests that come from another origin. */
const proxy = { [apiPaths]: { target: agent, changeOrigin: true, headers: { origin: agent } } }

export default defineConfig({
  server: { proxy },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 360,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
