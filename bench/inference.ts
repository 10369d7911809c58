/**
 * What observing one `run()` costs, on a model of about ten microseconds.
 *
 * Variants take turns in rounds of one process, so that a busy machine slows all of them alike; a
 * figure is the median over rounds. Nothing is pushed out of the measurement: the metrics are
 * collected, the spans go through a batch processor to an exporter that discards them, and young
 * garbage is collected, all inside the round that caused it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import ort from 'onnxruntime-node';

import {
  OnnxRuntimeInstrumentation,
  type OnnxRuntimeInstrumentationConfig,
} from '@telltale/instrumentation-onnxruntime';

import { RandomIds } from '../src/telltale/src/sdk/random-ids.ts';
import { irisModel } from '../test/support/onnx-models.ts';
import { median } from './quantiles.ts';

const ROUNDS = 40;
const WARMUP_ROUNDS = 8;
const RUNS_PER_ROUND = 2_000;
const NS_PER_MS = 1e6;
const NS_PER_US = 1e3;

const discardSpans: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {},
};
const discardMetrics: PushMetricExporter = {
  export: (_metrics, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {},
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
};

type Run = () => Promise<unknown>;

interface Variant {
  readonly run: Run;
  /** Done before each round of the variant, outside the measurement. */
  readonly prepare?: () => void;
}

interface Bench {
  readonly variants: Readonly<Record<string, Variant>>;
  /** What must be paid inside a round. */
  readonly settle: () => Promise<void>;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const medians = await measure(await createBench());
  if (!options.isJson) printTable(medians);
  const figures = Object.entries(medians).flatMap(([name, { wallNs, cpuNs }]) => [
    [`${name}Ns`, wallNs],
    [`${name}CpuNs`, cpuNs],
  ]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(figures))}\n`);
}

async function createBench(): Promise<Bench> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = new BatchSpanProcessor({ exporter: discardSpans, maxQueueSize: 10_000 });
  // As `telltale/register` starts the SDK, with ids that cost less; by hand it is as it comes.
  const ownTracers = new TracerProvider({ spanProcessors: [spans], idGenerator: new RandomIds() });
  trace.setGlobalTracerProvider(ownTracers);
  const handTracers = new TracerProvider({ spanProcessors: [spans] });

  const session = await ort.InferenceSession.create(irisModel(), { intraOpNumThreads: 1 });
  const features = new ort.Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  const feeds = { features };
  // Bound before anything is patched: the run of an application without us.
  const original = Reflect.get(session, 'run') as (feeds: unknown) => Promise<unknown>;
  const bareRun: Run = () => original.call(session, feeds);

  const telltale = new OnnxRuntimeInstrumentation();
  const readers = [
    new PeriodicExportingMetricReader({
      exporter: discardMetrics,
      metricProducers: [telltale.createMetricProducer()],
    }),
    new PeriodicExportingMetricReader({ exporter: discardMetrics }),
  ] as const;
  const [ownMeters, handMeters] = readers.map((reader) => new MeterProvider({ readers: [reader] }));
  metrics.setGlobalMeterProvider(ownMeters as MeterProvider);
  telltale.setMeterProvider(ownMeters as MeterProvider);
  telltale.instrument(ort);

  const use =
    (config: OnnxRuntimeInstrumentationConfig, recordsRunsInSdk = false) =>
    (): void => {
      telltale.enable();
      telltale.setConfig({ maxRootSpansPerSecond: 1e9, ...config });
      (telltale as unknown as Internals).output.recordsRunsInSdk = recordsRunsInSdk;
    };
  const observed: Run = () => session.run(feeds);
  return {
    variants: {
      bare: { run: bareRun },
      disabled: { run: observed, prepare: () => telltale.disable() },
      metrics: { run: observed, prepare: use({ spans: 'off' }) },
      // The fallback where the application runs an SDK of its own, whose readers are not ours.
      metricsThroughSdk: { run: observed, prepare: use({ spans: 'off' }, true) },
      span: { run: observed, prepare: use({ spans: 'all' }) },
      byHand: { run: byHand(bareRun, handTracers, handMeters as MeterProvider) },
    },
    settle: async () => {
      await Promise.all([spans.forceFlush(), ...readers.map((reader) => reader.forceFlush())]);
    },
  };
}

interface Internals {
  readonly output: { recordsRunsInSdk: boolean };
}

/** What people write around `run`: an active span with a few attributes and two histograms. */
function byHand(run: Run, tracers: TracerProvider, meters: MeterProvider): Run {
  const tracer = tracers.getTracer('byHand');
  const meter = meters.getMeter('byHand');
  const duration = meter.createHistogram('model.duration', { unit: 's' });
  const batch = meter.createHistogram('model.batch.size');
  return () =>
    tracer.startActiveSpan('predict', async (span) => {
      const startMs = performance.now();
      span.setAttribute('model.name', 'iris');
      span.setAttribute('model.version', '3');
      span.setAttribute('model.batch.size', 1);
      try {
        return await run();
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        const attributes = { 'model.name': 'iris', 'model.version': '3' };
        duration.record((performance.now() - startMs) / 1_000, attributes);
        batch.record(1, attributes);
        span.end();
      }
    });
}

/** Nanoseconds a run: on the clock, and of the processor, which a busy machine does not stretch. */
interface Cost {
  readonly wallNs: number;
  readonly cpuNs: number;
}

async function measure({ variants, settle }: Bench): Promise<Readonly<Record<string, Cost>>> {
  const names = Object.keys(variants);
  const rounds = new Map<string, Cost[]>(names.map((name) => [name, []]));
  const collectYoung = youngCollector();
  for (let round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
    for (const name of names) {
      const { run, prepare } = variants[name] as Variant;
      prepare?.();
      const startCpu = process.threadCpuUsage();
      const startMs = performance.now();
      for (let i = 0; i < RUNS_PER_ROUND; i++) await run();
      await settle();
      collectYoung();
      const wallNs = ((performance.now() - startMs) * NS_PER_MS) / RUNS_PER_ROUND;
      const { user, system } = process.threadCpuUsage(startCpu);
      const cpuNs = ((user + system) * NS_PER_US) / RUNS_PER_ROUND;
      if (round >= WARMUP_ROUNDS) rounds.get(name)?.push({ wallNs, cpuNs });
    }
  }
  const costs = [...rounds].map(([name, measured]) => [
    name,
    {
      wallNs: Math.round(median(measured.map(({ wallNs }) => wallNs))),
      cpuNs: Math.round(median(measured.map(({ cpuNs }) => cpuNs))),
    },
  ]);
  return Object.fromEntries(costs) as Record<string, Cost>;
}

/** Young garbage is paid by the variant that made it, not by the one that runs next. */
function youngCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: { type: 'minor'; execution: 'sync' }) => void;
  return () => gc({ type: 'minor', execution: 'sync' });
}

function printTable(costs: Readonly<Record<string, Cost>>): void {
  const bare = costs['bare'] ?? { wallNs: 0, cpuNs: 0 };
  for (const [name, { wallNs, cpuNs }] of Object.entries(costs)) {
    const added = `+${wallNs - bare.wallNs} ns on the clock, +${cpuNs - bare.cpuNs} ns of processor`;
    process.stdout.write(`${name.padEnd(18)} ${String(wallNs).padStart(7)} ns  ${added}\n`);
  }
}
