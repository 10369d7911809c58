import { expect, test, vi } from 'vitest';

import type { OnnxRuntimeInstrumentationConfig } from '@telltale/instrumentation-onnxruntime';

import { type ObservedRuntime, observeRuntime } from '../../support/observed-runtime.ts';
import { irisModel } from '../../support/onnx-models.ts';

async function irisRun(config: OnnxRuntimeInstrumentationConfig): Promise<{
  readonly observed: ObservedRuntime;
  readonly run: () => Promise<unknown>;
  readonly fail: () => Promise<unknown>;
}> {
  const observed = observeRuntime({ config: { modelName: () => 'iris', ...config } });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', new Float32Array(4), [1, 4]);
  observed.reset();
  return {
    observed,
    run: () => session.run({ features }),
    fail: () => session.run({}).catch(() => {}),
  };
}

const inferSpans = (observed: ObservedRuntime) =>
  observed.spans().filter(({ name }) => name === 'infer iris');

test('below one parent 32 runs have a span each, the others share one', async () => {
  const { observed, run, fail } = await irisRun({});
  const tracer = observed.tracerProvider.getTracer('app');
  await tracer.startActiveSpan('GET /', async (parent) => {
    for (let i = 0; i < 40; i++) await run();
    await fail();
    parent.end();
  });
  expect(inferSpans(observed).length).toBe(32);
  observed.instrumentation.endOpenSpans();
  const [aggregate, ...others] = inferSpans(observed).filter(
    ({ attributes }) => attributes['ml.inference.aggregated'] === true,
  );
  expect(others).toEqual([]);
  expect(aggregate?.attributes).toMatchObject({
    'ml.operation.name': 'infer',
    'ml.inference.aggregate.count': 9,
    'ml.inference.aggregate.errors': 1,
  });
  const attributes: Readonly<Record<string, unknown>> = aggregate?.attributes ?? {};
  const [sum, min, max] = ['sum', 'min', 'max'].map((key) =>
    Number(attributes[`ml.inference.aggregate.${key}`]),
  );
  expect(sum).toBeGreaterThan(9 * (min ?? Infinity) - 1e-9);
  expect(sum).toBeLessThan(9 * (max ?? 0) + 1e-9);
  expect(await observed.points('ml.inference.spans.suppressed')).toMatchObject([
    { attributes: { 'ml.suppression.reason': 'parent_cap' }, value: 9 },
  ]);
});

test('an aggregate span ends by itself once no run comes', async () => {
  const { observed, run } = await irisRun({ maxSpansPerParent: 1 });
  const tracer = observed.tracerProvider.getTracer('app');
  await tracer.startActiveSpan('GET /', async (parent) => {
    for (let i = 0; i < 3; i++) await run();
    parent.end();
  });
  await vi.waitFor(() => expect(inferSpans(observed).length).toBe(2), { timeout: 3_000 });
});

test('another parent has its own allowance', async () => {
  const { observed, run } = await irisRun({ maxSpansPerParent: 2 });
  const tracer = observed.tracerProvider.getTracer('app');
  for (let i = 0; i < 3; i++) {
    await tracer.startActiveSpan('GET /', async (parent) => {
      for (let j = 0; j < 2; j++) await run();
      parent.end();
    });
  }
  expect(inferSpans(observed).length).toBe(6);
});

test('runs without a parent are limited by rate', async () => {
  const { observed, run } = await irisRun({ maxRootSpansPerSecond: 5 });
  for (let i = 0; i < 20; i++) await run();
  const kept = inferSpans(observed).length;
  expect(kept).toBeGreaterThanOrEqual(5);
  expect(kept).toBeLessThan(20);
  expect(await observed.points('ml.inference.spans.suppressed')).toMatchObject([
    { attributes: { 'ml.suppression.reason': 'rate' }, value: 20 - kept },
  ]);
});

test.for([
  ['all', [1, 1, 1, 1]],
  ['parent', [1, 0, 1, 0]],
  ['errors', [0, 0, 1, 1]],
  ['off', [0, 0, 0, 0]],
] as const)(
  'spans: %s keeps [run below a parent, run, failure below a parent, failure]',
  async ([spans, expected]) => {
    const { observed, run, fail } = await irisRun({ spans });
    const tracer = observed.tracerProvider.getTracer('app');
    const below = (action: () => Promise<unknown>) => (): Promise<unknown> =>
      tracer.startActiveSpan('GET /', async (parent) => {
        await action();
        parent.end();
      });
    const kept: number[] = [];
    for (const action of [below(run), run, below(fail), fail]) {
      observed.reset();
      await action();
      kept.push(inferSpans(observed).length);
    }
    expect(kept).toEqual(expected);
  },
);

test('a slow run is told, and has a span where only failed and slow runs have one', async () => {
  const { observed, run } = await irisRun({ spans: 'errors', slowRun: 1e-6 });
  await run(); // a cold run is never slow
  expect(observed.events()).toEqual([]);
  await run();
  const [span, ...others] = inferSpans(observed);
  expect([span?.attributes['ml.inference.batch.size'], others]).toEqual([1, []]);
  expect(observed.events()).toMatchObject([
    { name: 'ml.inference.slow', attributes: { 'ml.inference.threshold': 1e-9 } },
  ]);
});

test('captureErrorMessage adds the message with base names only', async () => {
  const observed = observeRuntime({ config: { captureErrorMessage: true } });
  await observed.runtime.InferenceSession.create('/secret/place/spam.onnx').catch(() => {});
  const [span] = observed.spans();
  expect(span?.status.message).toMatch(/^model_not_found: .*spam\.onnx/u);
  expect(span?.status.message).not.toContain('secret');
});

test('a limit on attributes of the SDK is respected', async () => {
  const { TracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = await import(
    '@opentelemetry/sdk-trace'
  );
  const exporter = new InMemorySpanExporter();
  const { observed, run } = await irisRun({});
  observed.instrumentation.setTracerProvider(
    new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
      spanLimits: { attributeCountLimit: 3 },
    }),
  );
  await run();
  const [span] = exporter.getFinishedSpans();
  expect(Object.keys(span?.attributes ?? {}).length).toBe(3);
  expect(span?.droppedAttributesCount).toBeGreaterThan(5);
});
