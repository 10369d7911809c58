import { expect, test } from 'vitest';

import {
  placeSamples,
  spanTimes,
  stacksBySpan,
} from '../../../../instrumentations/profiler/src/spans/by-span.ts';
import { ProfiledSpans } from '../../../../instrumentations/profiler/src/spans/span-processor.ts';
import { PROFILE } from '../../../support/profiler/profiles.ts';

const span = (name: string, [startMicros, endMicros]: [number, number], traceId = 't1') => ({
  name,
  traceId,
  spanId: name,
  startMicros,
  endMicros,
});
const at = (...times: number[]) => times.map((atMicros) => ({ atMicros, micros: 10, nodeId: 1 }));

test('a sample goes to the innermost span that was open', () => {
  const spans = [span('POST /predict', [100, 200]), span('infer', [120, 150])];
  expect(
    placeSamples(at(90, 110, 130, 160, 210), spans).map((placed) => placed.span?.name),
  ).toEqual([undefined, 'POST /predict', 'infer', 'POST /predict', undefined]);
});

test('spans of other traces make it doubtful', () => {
  const spans = [span('a', [100, 200], 't1'), span('b', [150, 250], 't2')];
  expect(placeSamples(at(120, 170, 230), spans)).toEqual([
    { span: spans[0], isConcurrent: false },
    { span: spans[1], isConcurrent: true },
    { span: spans[1], isConcurrent: false },
  ]);
});

test('the time of each span name', () => {
  const spans = [span('POST /predict', [1_000_000, 1_025_000])];
  expect(spanTimes(stacksBySpan(PROFILE, spans, { hasIdle: false }))).toEqual([
    { name: 'POST /predict', spans: 1, samples: 3, micros: 30_000, concurrentShare: 0 },
  ]);
});

test('spans are noted only while they are watched, and root spans get their id', () => {
  const processor = new ProfiledSpans();
  const attributes: [string, string][] = [];
  const fake = (spanId: string) => ({
    name: spanId,
    spanContext: () => ({ traceId: 't', spanId }),
    setAttribute: (name: string, value: string) => attributes.push([name, value]),
  });
  const before = fake('before');
  processor.onStart(before);
  processor.onEnd(before);
  const release = processor.watch();
  const during = fake('during');
  processor.onStart(during);
  processor.onEnd(during);
  release();
  const after = fake('after');
  processor.onStart(after);
  processor.onEnd(after);
  expect(processor.log.between(0, Number.MAX_SAFE_INTEGER).map(({ name }) => name)).toEqual([
    'during',
  ]);
  expect(attributes).toEqual([['pyroscope.profile.id', 'during']]);
});
