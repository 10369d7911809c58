import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run the sources; only `ssr.resolve.conditions` reaches Node tests.
  ssr: {
    resolve: { conditions: ['@telltale/source', 'module', 'node', 'development|production'] },
  },
  test: {
    include: ['test/**/*.test.ts'],
    // `npm run test:ui`: they need a browser.
    exclude: ['**/node_modules/**', 'test/ui/**'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 20_000,
    // Hooks start the programs that a test needs: on a busy machine that takes longer than a test.
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
