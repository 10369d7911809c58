import { defineConfig, mergeConfig } from 'vitest/config';

import base from '../vitest.config.ts';

/** `npm run test:live`: the whole stack with real programs and real load, minutes long. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['test/live/*.ts'],
      exclude: ['test/live/vitest.config.ts'],
      testTimeout: 120_000,
      hookTimeout: 240_000,
      maxWorkers: 1,
    },
  }),
);
