import { expect, test } from 'vitest';

import {
  durationSecondsMax,
  heapRecordingProblem,
  recordingProblem,
} from '../../../../instrumentations/profiler/src/capture/limits.ts';

test.for([
  [10, 10, 'none'],
  [10, 2314, 'none'],
  [10, 2315, 'record at most 2314 seconds'],
  [1, 600, 'record at most 231 seconds'],
  [0.01, 1, 'expected 0.1 to 1000 ms'],
  [10, 0, 'expected a number above 0'],
  [10, Number.NaN, 'expected a number above 0'],
] as const)('every %d ms for %d s: %s', ([intervalMs, seconds, problem]) => {
  const found = recordingProblem(intervalMs, seconds) ?? 'none';
  expect(found).toContain(problem);
});

test('the longest recording takes 64 MiB of samples', () => {
  expect((durationSecondsMax(10) * 100 * 290) / 2 ** 20).toBeCloseTo(64, 0);
});

test.for([
  [10, /^none$/u],
  [86_400, /^none$/u],
  [2_147_484, /^Cannot record the heap for 2147484 seconds: .* at most 86400$/u],
  [0, /more than 0/u],
  [Number.NaN, /more than 0/u],
] as const)('the heap for %d s', ([seconds, problem]) => {
  expect(heapRecordingProblem(seconds) ?? 'none').toMatch(problem);
});
