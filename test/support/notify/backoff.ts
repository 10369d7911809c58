import type { BackoffOptions } from '../../../collector/src/notify/stages/retry.ts';

/** As the schema has it. */
export const DEFAULT_BACKOFF: BackoffOptions = Object.freeze({
  initialMs: 1000,
  factor: 2,
  maxMs: 300_000,
  jitter: 0.2,
});
