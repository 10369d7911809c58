import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: {
    resolve: { conditions: ['@telltale/source', 'module', 'node', 'development|production'] },
  },
  test: {
    include: ['test/ui/**/*.test.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // One browser at a time: two would take each other's time.
    fileParallelism: false,
  },
});
