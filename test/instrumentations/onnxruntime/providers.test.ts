import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import ort from 'onnxruntime-node';
import { afterEach, expect, test } from 'vitest';

import { addRunObserver, OnnxRuntimeInstrumentation } from '@telltale/instrumentation-onnxruntime';

import packageJson from '../../../instrumentations/onnxruntime/package.json' with { type: 'json' };
import {
  PACKAGE_NAME,
  PACKAGE_VERSION,
} from '../../../instrumentations/onnxruntime/src/version.ts';
import { observeRuntime, resetGlobalProviders } from '../../support/observed-runtime.ts';
import { irisModel } from '../../support/onnx-models.ts';

afterEach(resetGlobalProviders);

function globalProviders() {
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  });
  const spanExporter = new InMemorySpanExporter();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  });
  return { meterProvider, tracerProvider, metricExporter, spanExporter };
}

async function durationCount({
  meterProvider,
  metricExporter,
}: ReturnType<typeof globalProviders>) {
  metricExporter.reset();
  await meterProvider.forceFlush();
  const points = metricExporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap((scope) => scope.metrics)
    .filter(({ descriptor }) => descriptor.name === 'ml.inference.duration')
    .flatMap(({ dataPoints }) => dataPoints as unknown as { readonly value: unknown }[]);
  return points.reduce((sum, { value }) => sum + (value as { count: number }).count, 0);
}

/** Takes the runtime over from whichever test was before. */
function watch(): OnnxRuntimeInstrumentation {
  observeRuntime().instrumentation.disable();
  const instrumentation = new OnnxRuntimeInstrumentation();
  instrumentation.instrument(ort, '1.30.0');
  return instrumentation;
}

test('providers that come after the session are found at the next run', async () => {
  const instrumentation = watch();
  const session = await ort.InferenceSession.create(irisModel());
  const features = new ort.Tensor('float32', new Float32Array(4), [1, 4]);
  await session.run({ features });
  const providers = globalProviders();
  metrics.setGlobalMeterProvider(providers.meterProvider);
  trace.setGlobalTracerProvider(providers.tracerProvider);
  for (let i = 0; i < 3; i++) await session.run({ features });
  expect(await durationCount(providers)).toBe(3);
  expect(providers.spanExporter.getFinishedSpans().length).toBe(3);
  instrumentation.disable();
});

test('when the provider changes, the old one no longer reads our counters', async () => {
  const instrumentation = watch();
  const session = await ort.InferenceSession.create(irisModel());
  const features = new ort.Tensor('float32', new Float32Array(4), [1, 4]);
  const first = globalProviders();
  metrics.setGlobalMeterProvider(first.meterProvider);
  await session.run({ features });
  resetGlobalProviders();
  const second = globalProviders();
  metrics.setGlobalMeterProvider(second.meterProvider);
  for (let i = 0; i < 2; i++) await session.run({ features });
  expect([await durationCount(first), await durationCount(second)]).toEqual([1, 2]);
  instrumentation.disable();
});

test('a producer belongs to one provider: another one gets the histograms of the SDK', async () => {
  const instrumentation = watch();
  const session = await ort.InferenceSession.create(irisModel());
  const features = new ort.Tensor('float32', new Float32Array(4), [1, 4]);
  instrumentation.createMetricProducer();
  const own = globalProviders(); // its reader was not given the producer: nothing may show
  metrics.setGlobalMeterProvider(own.meterProvider);
  await session.run({ features });
  const fromOwn = await durationCount(own);
  resetGlobalProviders();
  const foreign = globalProviders();
  metrics.setGlobalMeterProvider(foreign.meterProvider);
  await session.run({ features });
  expect([fromOwn, await durationCount(foreign)]).toEqual([0, 1]);
  instrumentation.disable();
});

test('observers see what they wished for, and what they throw is dropped', async () => {
  const observed = observeRuntime({ config: { modelName: () => 'iris' } });
  const seen: unknown[] = [];
  const remove = [
    addRunObserver({
      wants: ({ name }) => (name === 'iris' ? { outputs: true } : undefined),
      onRun: ({ name }, { feeds, results, timing }) =>
        seen.push([name, feeds, Object.keys(results ?? {}), timing.durationMs > 0]),
    }),
    addRunObserver({
      wants: () => {
        throw new Error('mine');
      },
      onRun: () => seen.push('never'),
    }),
    addRunObserver({
      wants: () => ({ inputs: true }),
      onRun: () => {
        throw new Error('mine');
      },
    }),
  ];
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', new Float32Array(4), [1, 4]);
  await session.run({ features });
  await session.run({}).catch(() => {});
  for (const off of remove) off();
  await session.run({ features });
  expect(seen).toEqual([['iris', undefined, ['probabilities'], true]]);
});

test('observers are bounded in number', () => {
  const observer = { wants: () => undefined, onRun: () => {} };
  const added: (() => void)[] = [];
  expect(() => {
    for (let i = 0; i < 100; i++) added.push(addRunObserver(observer));
  }).toThrow(RangeError);
  for (const remove of added) remove();
  expect(added.length).toBeLessThanOrEqual(32);
});

test('nothing of the application leaves: no values, folders or messages', async () => {
  const sentinel = 'SENTINEL';
  const observed = observeRuntime();
  const { Tensor, InferenceSession } = observed.runtime;
  const { identityModel } = await import('../../support/onnx-models.ts');
  const model = identityModel([{ name: 's', element: 'string', dims: ['n'] }]);
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const folder = mkdtempSync(`/tmp/${sentinel}-`);
  writeFileSync(`${folder}/fraud.onnx`, model);
  writeFileSync(`${folder}/broken.onnx`, model.subarray(0, 20));
  const session = await InferenceSession.create(`${folder}/fraud.onnx`);
  await session.run({ s: new Tensor('string', [sentinel], [1]) });
  await session.run({ [sentinel]: 1 } as never).catch(() => {});
  await InferenceSession.create(`${folder}/broken.onnx`).catch(() => {});
  rmSync(folder, { recursive: true });
  const text = await observed.exportedText();
  expect(text).toContain('fraud');
  expect(text).toContain('broken');
  expect(text).not.toContain(sentinel);
});

test('the version is that of the package', () => {
  expect([PACKAGE_NAME, PACKAGE_VERSION]).toEqual([packageJson.name, packageJson.version]);
});
