import { defineConfig } from 'vitest/config'

/** One agent and one browser at a time: the machine that tests run on may be small. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})
