import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';

import { observeRuntime, onlyHistogram, type Point } from '../../support/observed-runtime.ts';
import { expandModel, irisModel, logModel, reshapeModel } from '../../support/onnx-models.ts';

const IRIS_ROW = [5.1, 3.5, 1.4, 0.2] as const;
const config = { modelName: (): string => 'iris' };

function numbers(values: readonly number[], dims: readonly number[]): unknown[] {
  return ['float32', Float32Array.from(values), dims];
}

test('run() is measured as one inference with queue, compute, items and bytes', async () => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const rows = new Float32Array([...IRIS_ROW, 6, 2, 4, 1]);
  const { probabilities } = await session.run({ features: new Tensor('float32', rows, [2, 4]) });
  const expected = [0.16617, 0.334626, 0.499204, 0.398189, 0.360297, 0.241514];
  const difference = Array.from(probabilities?.data as Float32Array, (value, i) =>
    Math.abs(value - (expected[i] ?? 0)),
  );
  expect(Math.max(...difference)).toBeLessThan(1e-5);

  const attributes = { 'ml.model.name': 'iris', 'ml.model.version': '3' };
  const duration = onlyHistogram(await observed.points('ml.inference.duration'));
  const queue = onlyHistogram(await observed.points('ml.inference.queue.duration'));
  const compute = onlyHistogram(await observed.points('ml.inference.compute.duration'));
  expect([duration.count, queue.count, compute.count]).toEqual([1, 1, 1]);
  expect((queue.sum ?? 0) + (compute.sum ?? 0)).toBeLessThanOrEqual((duration.sum ?? 0) + 5e-5);
  expect(await observed.points('ml.inference.items')).toMatchObject([{ attributes, value: 2 }]);
  expect(await observed.points('ml.inference.active')).toMatchObject([{ attributes, value: 0 }]);
  expect(await observed.points('ml.inference.io')).toMatchObject([
    { attributes: { ...attributes, 'ml.io.direction': 'input' }, value: 32 },
    { attributes: { ...attributes, 'ml.io.direction': 'output' }, value: 24 },
  ]);
  const batch = onlyHistogram(await observed.points('ml.inference.batch.size'));
  expect([batch.count, batch.sum]).toEqual([1, 2]);
  const blocked = await observed.points('ml.inference.blocked.time');
  expect(blocked[0]?.value).toBeCloseTo(compute.sum ?? -1, 9);
});

test('run() has an INTERNAL span below the active one', async () => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const tracer = observed.tracerProvider.getTracer('app');
  const features = new Tensor('float32', Float32Array.of(...IRIS_ROW), [1, 4]);
  const parentId = await tracer.startActiveSpan('GET /iris', async (parent) => {
    await session.run({ features });
    parent.end();
    return parent.spanContext().spanId;
  });
  const span = observed.spans().find(({ name }) => name === 'infer iris');
  expect(span?.parentSpanContext?.spanId).toBe(parentId);
  expect([span?.kind, span?.status.code]).toEqual([SpanKind.INTERNAL, SpanStatusCode.UNSET]);
  expect(span?.attributes).toEqual({
    'ml.operation.name': 'infer',
    'ml.model.name': 'iris',
    'ml.model.version': '3',
    'ml.model.id': expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
    'ml.runtime.name': 'onnxruntime-node',
    'ml.runtime.version': '1.30.0',
    'ml.runtime.providers': ['cpu'],
    'ml.inference.batch.size': 1,
    'ml.inference.queue.duration': expect.any(Number) as number,
    'ml.inference.compute.duration': expect.any(Number) as number,
    'ml.inference.execution': 'blocking',
    'ml.inference.cold': true,
    'ml.inference.inputs': ['features:float32[1,4]'],
    'ml.inference.outputs': ['probabilities:float32[1,3]'],
    'ml.inference.input.size': 16,
    'ml.inference.output.size': 12,
  });
});

test('the first run is the warm-up, later ones are not', async () => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', Float32Array.of(...IRIS_ROW), [1, 4]);
  for (let i = 0; i < 3; i++) await session.run({ features });
  expect(onlyHistogram(await observed.points('ml.model.warmup.duration')).count).toBe(1);
  const cold = observed.spans().map(({ attributes }) => attributes['ml.inference.cold']);
  expect(cold).toEqual([undefined, true, undefined, undefined]); // the first one is the load
});

test('NaN and Infinity are counted on both sides', async () => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const iris = await InferenceSession.create(irisModel());
  const rows = Float32Array.of(...IRIS_ROW, Number.NaN, 2, 4, 1);
  await iris.run({ features: new Tensor('float32', rows, [2, 4]) });
  const attributes = { 'ml.model.name': 'iris', 'ml.model.version': '3' };
  expect(await observed.points('ml.inference.non_finite')).toMatchObject([
    {
      attributes: { ...attributes, 'ml.io.direction': 'input', 'ml.non_finite.kind': 'nan' },
      value: 1,
    },
    {
      attributes: { ...attributes, 'ml.io.direction': 'output', 'ml.non_finite.kind': 'nan' },
      value: 3,
    },
  ]);
  observed.reset();
  const log = await InferenceSession.create(logModel());
  await log.run({ x: new Tensor('float32', Float32Array.of(1, 0, -1, 2), [4]) });
  const span = observed.spans().find(({ name }) => name === 'infer iris');
  expect(span?.attributes['ml.inference.non_finite.count']).toBe(2); // -Infinity and NaN come out
});

test.for([
  ['missing_input', irisModel, {}, undefined],
  ['invalid_shape', irisModel, { features: numbers([1, 2, 3], [1, 3]) }, undefined],
  ['operator_failed', reshapeModel, { x: numbers([1, 2, 3, 4, 5], [5]) }, 'Reshape'],
  ['out_of_memory', expandModel, { x: numbers([1, 2, 3, 4], [4]) }, 'Expand'],
] as const)('a run that fails is %s', async ([errorType, model, feeds, operator]) => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(model(), { logSeverityLevel: 4 });
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, args]) => [
      name,
      new Tensor(...(args as unknown as ConstructorParameters<typeof Tensor>)),
    ]),
  );
  await expect(session.run(tensors)).rejects.toThrow(Error);
  const duration = await observed.points('ml.inference.duration');
  expect(duration.map(({ attributes }) => attributes['error.type'])).toEqual([errorType]);
  expect(onlyHistogram(duration).count).toBe(1);
  const span = observed.spans().find(({ name }) => name === 'infer iris');
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: errorType });
  expect(span?.attributes['ml.operator.name']).toBe(operator);
  expect(await observed.points('ml.inference.active')).toMatchObject([{ value: 0 }]);
  expect(observed.events().map(({ name }) => name)).toContain('ml.inference.error');
});

const RUN_HISTOGRAMS = [
  'ml.inference.duration',
  'ml.inference.queue.duration',
  'ml.inference.compute.duration',
  'ml.inference.batch.size',
] as const;

test('a metric producer gives the same counts as the histograms of the SDK', async () => {
  const counts: unknown[] = [];
  for (const withProducer of [false, true]) {
    const observed = observeRuntime({ config, withProducer });
    const { Tensor, InferenceSession } = observed.runtime;
    const session = await InferenceSession.create(irisModel());
    const rows = new Float32Array([...IRIS_ROW, ...IRIS_ROW]);
    const features = new Tensor('float32', rows, [2, 4]);
    for (let i = 0; i < 5; i++) await session.run({ features });
    await session.run({}).catch(() => {});
    await session.run({ features: new Tensor('float32', rows, [8]) }).catch(() => {});
    for (const metric of RUN_HISTOGRAMS) {
      for (const { attributes, value } of await observed.points(metric)) {
        counts.push([withProducer, metric, attributes['error.type'], (value as Histogram).count]);
      }
    }
  }
  const expected = (withProducer: boolean): unknown[] => [
    [withProducer, 'ml.inference.duration', undefined, 5],
    [withProducer, 'ml.inference.duration', 'missing_input', 1],
    [withProducer, 'ml.inference.duration', 'invalid_shape', 1],
    [withProducer, 'ml.inference.queue.duration', undefined, 5],
    [withProducer, 'ml.inference.compute.duration', undefined, 5],
    [withProducer, 'ml.inference.batch.size', undefined, 5],
  ];
  expect(counts).toEqual([...expected(false), ...expected(true)]);
});

test('a producer carries the trace of the latest sampled run of a bucket', async () => {
  const observed = observeRuntime({ config, withProducer: true });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', Float32Array.of(...IRIS_ROW), [1, 4]);
  await session.run({ features });
  const [point] = await observed.points('ml.inference.duration');
  const span = observed.spans().find(({ name }) => name === 'infer iris');
  const { traceId, spanId } = span?.spanContext() ?? {};
  const { exemplars } = point as unknown as { exemplars: unknown[] };
  const { sum } = onlyHistogram([point as Point]);
  expect(exemplars).toMatchObject([{ traceId, spanId, value: sum }]);
});

test('below a parent that is not sampled there is no span', async () => {
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', Float32Array.of(...IRIS_ROW), [1, 4]);
  observed.reset();
  const unsampled = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 0,
  });
  const { context } = await import('@opentelemetry/api');
  await context.with(trace.setSpan(context.active(), unsampled), () => session.run({ features }));
  expect(observed.spans()).toEqual([]);
  expect(onlyHistogram(await observed.points('ml.inference.duration')).count).toBe(1);
});
