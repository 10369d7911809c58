import { context, logs, metrics, trace } from '@opentelemetry/api';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createDriftObserver, DriftMonitor } from '@telltale/instrumentation-drift';
import { addRunObserver } from '@telltale/instrumentation-onnxruntime';

import { chooseEvents, RARE_EVENTS } from '../../src/telltale/src/events/wanted.ts';
import {
  recordPredictionsAutomatically,
  settleAutomaticPredictions,
  stopAutomaticPredictions,
} from '../../src/telltale/src/record/automatic/automatic-predictions.ts';
import { type ObservedRuntime, observeRuntime } from '../support/observed-runtime.ts';
import { classifierModel, irisModel } from '../support/onnx-models.ts';

const clock = vi.hoisted(() => ({ aheadMs: 0 }));

vi.mock('../../src/instrument/src/real-timers.ts', async (original) => {
  const real = await original<typeof import('../../src/instrument/src/real-timers.ts')>();
  return { ...real, now: () => real.now() + clock.aheadMs };
});

const RUNS = 10_000;
const ROWS = 3;

const removals: (() => void)[] = [];

beforeEach(() => recordPredictionsAutomatically());
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
  stopAutomaticPredictions();
  metrics.disable();
  logs.disable();
  trace.disable();
  chooseEvents(RARE_EVENTS);
});

function observe(name: string): ObservedRuntime {
  const observed = observeRuntime({ config: { modelName: () => name } });
  metrics.disable();
  metrics.setGlobalMeterProvider(observed.meterProvider);
  return observed;
}

async function sumOf(observed: ObservedRuntime, metric: string, model: string): Promise<number> {
  const points = await observed.points(metric);
  return points
    .filter(({ attributes }) => attributes['ml.model.name'] === model)
    .reduce((sum, { value }) => sum + (typeof value === 'number' ? value : value.count), 0);
}

test.for([0, 2, 20])('%i ms apart, every row of 10000 runs is counted', async (gapMs) => {
  const name = `paced-${gapMs}`;
  const observed = observe(name);
  const drift = new DriftMonitor();
  removals.push(
    addRunObserver(createDriftObserver(drift, { inputs: true, derived: true })),
    addRunObserver({ wants: () => ({ inputs: true, outputs: true }), onRun: () => {} }),
  );
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', new Float32Array(4 * ROWS), [ROWS, 4]);
  for (let run = 0; run < RUNS; run += 1) {
    await session.run({ features });
    clock.aheadMs += gapMs;
  }
  settleAutomaticPredictions();
  await session.release();
  const [seen = 0] = drift.status().map(({ n }) => n);
  const unobserved = await sumOf(observed, 'ml.inference.runs.unobserved', name);
  expect({
    predictions: await sumOf(observed, 'ml.predictions', name),
    confidences: await sumOf(observed, 'ml.prediction.confidence', name),
    invalid: await sumOf(observed, 'ml.prediction.invalid', name),
    // What drift left out is counted.
    runsOfDrift: unobserved + seen / ROWS,
  }).toEqual({
    predictions: RUNS * ROWS,
    confidences: RUNS * ROWS,
    invalid: 0,
    runsOfDrift: RUNS,
  });
});

test('each prediction that waited carries the trace of its own run', async () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }),
  );
  chooseEvents(['PREDICTION']);
  const observed = observe('traced');
  trace.setGlobalTracerProvider(observed.tracerProvider);
  const tracer = observed.tracerProvider.getTracer('test');
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(classifierModel(['ok', 'bad']));
  const x = new Tensor('float32', Float32Array.of(1, 2), [1, 2]);
  const requests = Array.from({ length: 20 }, () => tracer.startSpan('request'));
  for (const request of requests) {
    await context.with(trace.setSpan(context.active(), request), () => session.run({ x }));
    request.end();
  }
  settleAutomaticPredictions();
  const runs = observed.spans().filter(({ name }) => name === 'infer traced');
  const records = exporter
    .getFinishedLogRecords()
    .filter(({ eventName }) => eventName === 'ml.prediction');
  expect(records.map(({ spanContext }) => spanContext?.traceId)).toEqual(
    requests.map((request) => request.spanContext().traceId),
  );
  expect(records.map(({ spanContext }) => spanContext?.spanId)).toEqual(
    runs.map((run) => run.spanContext().spanId),
  );
});
