import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { TensorLike } from '@telltale/instrumentation-onnxruntime';

import { PacedBudget } from '../../../instrumentations/onnxruntime/src/measure/observer-budget.ts';
import { SlowRunThreshold } from '../../../instrumentations/onnxruntime/src/measure/slow-run.ts';
import { createRunMetricProducer } from '../../../instrumentations/onnxruntime/src/metrics/metric-producer.ts';
import { ModelRegistry } from '../../../instrumentations/onnxruntime/src/model/model-registry.ts';
import {
  countNonFinite,
  scanBudget,
} from '../../../instrumentations/onnxruntime/src/non-finite.ts';
import {
  registeredProviders,
  requestedProviders,
} from '../../../instrumentations/onnxruntime/src/runtime/execution-providers.ts';
import {
  RunClock,
  type RunMarks,
  splitRun,
} from '../../../instrumentations/onnxruntime/src/runtime/run-timing.ts';
import { resolveSettings } from '../../../instrumentations/onnxruntime/src/settings.ts';
import {
  declaredBatchAxis,
  describeTensors,
  tensorBytes,
} from '../../../instrumentations/onnxruntime/src/tensors.ts';

const tensor = (type: string, dims: readonly number[], data: unknown = []): TensorLike => ({
  type,
  dims,
  data,
  location: 'cpu',
});

const onGpu = (tensorOnCpu: TensorLike): TensorLike => ({ ...tensorOnCpu, location: 'gpu-buffer' });

test.for([
  ['float32', [2, 3], 24],
  ['float16', [2, 3], 12],
  ['float64', [], 8],
  ['int64', [4], 32],
  ['bool', [5], 5],
  ['int4', [3], 2],
  ['uint4', [4], 2],
  ['float32', [0, 3], 0],
  ['complex128', [3], 0],
] as const)('tensorBytes() of %s %j', ([type, dims, bytes]) => {
  expect(tensorBytes(tensor(type, dims))).toBe(bytes);
});

test('tensorBytes() of strings counts characters of the first 1024', () => {
  const strings = Array.from({ length: 2_000 }, () => 'abc');
  expect(tensorBytes(tensor('string', [2_000], strings))).toBe(3 * 1_024);
  expect(tensorBytes(onGpu(tensor('string', [2], ['abc', 'd'])))).toBe(0);
});

test('declaredBatchAxis() is the first symbolic dimension 0 of rank 2 or more', () => {
  const inputs = [
    { name: 'length', type: 'int64', dims: ['n'] },
    { name: 'state', type: 'float32', dims: [2, 'n', 128] },
    { name: 'x', type: 'float32', dims: ['', 4] },
  ];
  expect(declaredBatchAxis(inputs)).toEqual({ input: 'x', axis: 0 });
  expect(declaredBatchAxis([{ name: 'x', dims: [1, 4] }])).toBeUndefined();
});

test('describeTensors() is bounded in number, length and characters', () => {
  const names = Array.from({ length: 40 }, (_, i) => `${i}\u0007${'n'.repeat(90)}`);
  const tensors = Object.fromEntries(names.map((name) => [name, tensor('float32', [1, 2])]));
  const described = describeTensors(tensors, names);
  expect(described.length).toBe(16);
  expect(described.every((text) => text.length <= 96 && !text.includes('\u0007'))).toBe(true);
});

test.for([
  ['float32', Float32Array.of(1, Number.NaN, Infinity, -Infinity), { nan: 1, inf: 2 }],
  ['float64', Float64Array.of(Number.NaN, Number.NaN), { nan: 2, inf: 0 }],
  ['float16', Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x3c00), { nan: 1, inf: 2 }],
  ['int32', Int32Array.of(1, 2), { nan: 0, inf: 0 }],
  ['float32', 'nonsense', { nan: 0, inf: 0 }],
] as const)('countNonFinite() of %s', ([type, data, expected]) => {
  const count = { nan: 0, inf: 0 };
  countNonFinite(tensor(type, [data.length], data), 1_000, count);
  expect(count).toEqual(expected);
});

test('countNonFinite() reads every k-th element beyond the budget, and nothing off the CPU', () => {
  const data = new Float32Array(10_000).fill(Number.NaN);
  const count = { nan: 0, inf: 0 };
  expect(countNonFinite(tensor('float32', [10_000], data), 1_000, count)).toBe(1_000);
  expect(count.nan).toBe(1_000);
  expect(countNonFinite(onGpu(tensor('float32', [10_000], data)), 1_000, count)).toBe(0);
});

test.for([
  [0, 512],
  [0.001, 512],
  [1, 20_000],
  [1_000, 65_536],
  [Number.NaN, 512],
] as const)('scanBudget(%s ms) is %s elements', ([computeMs, elements]) => {
  expect(scanBudget(computeMs, 65_536)).toBe(elements);
});

test.for([
  [undefined, ['cpu']],
  [{}, ['cpu']],
  [{ executionProviders: 'cuda' }, ['cpu']],
  [{ executionProviders: ['cuda', { name: 'cpu' }, 7, null] }, ['cuda', 'cpu']],
] as const)('requestedProviders(%j)', ([options, expected]) => {
  expect(requestedProviders(options)).toEqual(expected);
});

test('registeredProviders() is unknown where the runtime does not list its backends', () => {
  const fail = (): never => {
    throw new Error('mine');
  };
  const runtime = (listSupportedBackends: () => { name: string }[]) =>
    ({ listSupportedBackends }) as never;
  expect([
    registeredProviders(['cpu'], undefined),
    registeredProviders(['cpu'], runtime(fail)),
    registeredProviders(
      ['cuda', 'cpu'],
      runtime(() => [{ name: 'cpu' }]),
    ),
  ]).toEqual([undefined, undefined, ['cpu']]);
});

test('a delta producer hands over differences that add up to the whole', async () => {
  const models = new ModelRegistry();
  const { duration } = models.get('iris', '3');
  const producer = createRunMetricProducer(models, { name: 's', version: '1' }, 'delta');
  const collect = async (): Promise<unknown[]> => {
    const { resourceMetrics } = await producer.collect();
    return resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value));
  };
  duration.record(0.2);
  duration.record(0.3);
  const first = await collect();
  duration.record(0.7);
  const second = await collect();
  expect(first).toMatchObject([{ count: 2, sum: 0.5, min: 0.2, max: 0.3 }]);
  expect(second).toMatchObject([{ count: 1 }]);
  expect((second[0] as { sum: number }).sum).toBeCloseTo(0.7, 12);
  expect(await collect()).toEqual([]);
});

function marks(values: Partial<RunMarks>): RunMarks {
  return { t0: 1, i0: 0, i1: 0, k0: 0, k1: 0, queueMs: -1, computeMs: -1, ...values };
}

test.for([
  ['blocking', { i0: 4 }, 10, 'blocking', 3, 6],
  ['tick', { k0: 2, k1: 6 }, 10, 'tick', 1, 4],
  ['async', { i0: 4, i1: 5 }, 10, 'async', 3, 6],
  ['refused before the queue', {}, 10, undefined, -1, -1],
  ['a clock that is coarse', { i0: 0.9 }, 0.8, 'blocking', 0, 0],
] as const)('a run that is %s', ([, values, endMs, mode, queueMs, computeMs]) => {
  const run = marks(values);
  expect(new RunClock().modeOf(run, true)).toBe(mode);
  if (mode !== undefined) splitRun(run, mode, endMs);
  expect([run.queueMs, run.computeMs]).toEqual([queueMs, computeMs]);
});

test('RunClock latches after three equal observations, and again when they change', () => {
  const clock = new RunClock();
  const seen = (['blocking', 'blocking', 'blocking', 'tick', 'tick', 'tick'] as const).map(
    (mode) => {
      clock.observe(mode);
      return clock.mode;
    },
  );
  expect(seen).toEqual([undefined, undefined, 'blocking', undefined, undefined, 'tick']);
});

test('SlowRunThreshold is three times the 99th percentile of a full window', () => {
  const slow = new SlowRunThreshold();
  for (let i = 0; i < 999; i++) slow.add(1 + i / 1_000);
  expect(slow.thresholdMs).toBe(Infinity);
  slow.add(1);
  expect(slow.thresholdMs / (3 * 1.989)).toBeGreaterThan(1 - 1e-9);
  expect(slow.thresholdMs / (3 * 1.989)).toBeLessThan(1.13);
});

test('SlowRunThreshold takes any number', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const slow = new SlowRunThreshold();
      for (let i = 0; i < 1_000; i++) slow.add(value);
      return slow.thresholdMs > 0;
    }),
    { seed: 3, numRuns: 50 },
  );
});

test.for<readonly [string, number, number, number, number]>([
  // what it is, ms between runs, ms of compute, ms of observing, share of runs that is seen
  ['a tiny model in a tight loop', 0.015, 0.01, 0.03, (0.02 * 0.015 + 0.05 * 0.01) / 0.03],
  ['a tiny model behind requests', 10, 0.01, 0.05, 1],
  ['a large model', 100, 90, 1, 1],
  ['an observer that is too expensive', 1, 0, 1, 0.02],
])('PacedBudget samples %s', ([, gapMs, computeMs, costMs, share]) => {
  const budget = new PacedBudget();
  const runs = 500_000;
  let seen = 0;
  for (let run = 0; run < runs; run++) {
    if (!budget.allows(run * gapMs, computeMs)) continue;
    seen++;
    budget.add(costMs);
  }
  expect(seen / runs).toBeCloseTo(share, 2);
});

test('PacedBudget forgets a stumble, and a clock that jumps back', () => {
  const budget = new PacedBudget();
  for (let run = 0; run < 100; run++) {
    expect(budget.allows(100 * run, 0)).toBe(true);
    budget.add(0.05);
  }
  budget.add(60_000);
  expect(budget.allows(10_000, 0)).toBe(true);
  for (let run = 0; run < 100; run++) budget.add(60_000);
  expect(budget.allows(10_500, 0)).toBe(false);
  expect(budget.allows(0, 0)).toBe(false);
  expect(budget.allows(12_500, 0)).toBe(true);
});

test('resolveSettings() names both values of what it cannot use', () => {
  const warnings: string[] = [];
  const settings = resolveSettings(
    {
      spans: 'some' as never,
      slowRun: -1,
      maxSpansPerParent: 1.5,
      nonFinite: { maxElements: 'x' as never, inputs: false },
    },
    (message) => warnings.push(message),
  );
  expect(settings).toMatchObject({
    spans: 'all',
    slowRun: 'auto',
    maxSpansPerParent: 32,
    scannedElementsMax: 65_536,
    scansInputs: false,
  });
  expect(warnings).toEqual([
    'Cannot use spans as it must be one of all, parent, errors, off: current value is "some", using "all"',
    'Cannot use maxSpansPerParent as it must be a whole number: current value is 1.5, using 32',
    'Cannot use slowRun as it must be milliseconds, "auto" or "off": current value is -1, using "auto"',
    'Cannot use nonFinite.maxElements as it must be a whole number: current value is "x", using 65536',
  ]);
});
