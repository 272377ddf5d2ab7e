import { defineConfig } from 'vite'
import { fixtures } from './dev/fixtures.ts'

/** Where a running agent serves the API; without one, `npm run dev` serves made-up traces. */
const agent = process.env.FLUORO_AGENT

const apiPaths = '^/(api|health|ready|metrics|[A-Z][A-Za-z]+)'

export default defineConfig({
  plugins: agent ? [] : [fixtures()],
  preview: {
    headers: {
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
    },
  },
  server: agent ? { proxy: { [apiPaths]: agent } } : {},
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 360,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
