import type { HrTime, Span } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';

import { endWithRun } from '../../../../instrumentations/onnxruntime/src/spans/direct-attributes.ts';

interface EndedSpan extends Span {
  readonly endTime: HrTime;
  readonly duration: HrTime;
}

test.for<readonly [string, HrTime, number, HrTime]>([
  ['within a second', [7, 1_000_000], 2.5, [7, 3_500_000]],
  ['into the next second', [7, 999_000_000], 2.5, [8, 1_500_000]],
  ['exactly to the next second', [7, 999_000_000], 1, [8, 0]],
  ['over seconds', [7, 500_000_000], 61_700, [69, 200_000_000]],
  ['no time at all', [7, 5], 0, [7, 5]],
  ['below a nanosecond', [7, 5], 1e-7, [7, 5]],
])('endWithRun(): %s', ([, startTime, durationMs, endTime]) => {
  const span = new TracerProvider().getTracer('t').startSpan('run', { startTime }) as EndedSpan;
  endWithRun(span, durationMs);
  expect(span.endTime).toEqual(endTime);
  const [seconds, nanoseconds] = span.duration;
  expect(seconds * 1_000 + nanoseconds / 1e6).toBeCloseTo(durationMs, 5);
});

test('endWithRun() leaves the time to a span of another make', () => {
  const calls: unknown[][] = [];
  const span = { end: (...args: unknown[]) => void calls.push(args) } as unknown as Span;
  endWithRun(span, 3);
  expect(calls).toEqual([[]]);
});
