import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import ort from 'onnxruntime-node';

import {
  OnnxRuntimeInstrumentation,
  type OnnxRuntimeInstrumentationConfig,
} from '@telltale/instrumentation-onnxruntime';

type Runtime = typeof import('onnxruntime-node');

/** One data point, with its attributes. */
export interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | Histogram;
}

export interface ObservedRuntime {
  readonly runtime: Runtime;
  readonly instrumentation: OnnxRuntimeInstrumentation;
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly spans: () => readonly ReadableSpan[];
  /** Collects, and returns the points of a metric; none when there is no such metric. */
  readonly points: (metric: string) => Promise<readonly Point[]>;
  readonly events: () => readonly {
    readonly name: string | undefined;
    readonly attributes: object;
  }[];
  /** Everything that left, as text, for searching. */
  readonly exportedText: () => Promise<string>;
  readonly reset: () => void;
}

/** The runtime as it is without us: bound before anything was patched. */
export const bare: {
  readonly create: (...args: unknown[]) => Promise<object>;
  readonly run: (session: object, ...args: unknown[]) => Promise<unknown>;
} = bareCalls(ort);

function bareCalls(runtime: Runtime): typeof bare {
  const sessionClass = runtime.InferenceSession as unknown as Record<'create', unknown> & {
    readonly prototype: object;
  };
  const create = Reflect.get(sessionClass, 'create') as (...args: unknown[]) => Promise<object>;
  const run = Reflect.get(sessionClass.prototype, 'run') as (...args: unknown[]) => unknown;
  return {
    create: (...args) => Reflect.apply(create, sessionClass, args),
    run: (session, ...args) => Reflect.apply(run, session, args) as Promise<unknown>,
  };
}

export interface ObserveOptions {
  readonly config?: OnnxRuntimeInstrumentationConfig;
  /** Publish the histograms of runs through a metric producer. Default: through the SDK. */
  readonly withProducer?: boolean;
}

let hasContextManager = false;
let previous: OnnxRuntimeInstrumentation | undefined;

/**
 * Watches the runtime with providers in memory that are not global. There is one copy of the runtime
 * in a test process, so the instrumentation of the test before is switched off and hands it over.
 */
export function observeRuntime(options: ObserveOptions = {}): ObservedRuntime {
  if (!hasContextManager) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    hasContextManager = true;
  }
  previous?.disable();
  const instrumentation = new OnnxRuntimeInstrumentation(options.config ?? {});
  previous = instrumentation;
  const spanExporter = new InMemorySpanExporter();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const logExporter = new InMemoryLogRecordExporter();
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  });
  const meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: metricExporter,
        exportIntervalMillis: 3_600_000,
        ...(options.withProducer === true
          ? { metricProducers: [instrumentation.createMetricProducer()] }
          : {}),
      }),
    ],
  });
  const loggerProvider = new LoggerProvider({
    processors: [new SimpleLogRecordProcessor({ exporter: logExporter })],
  });
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setMeterProvider(meterProvider);
  instrumentation.setLoggerProvider(loggerProvider);
  instrumentation.instrument(ort, '1.30.0');

  const collect = async (): Promise<ReturnType<InMemoryMetricExporter['getMetrics']>> => {
    metricExporter.reset();
    await meterProvider.forceFlush();
    return metricExporter.getMetrics();
  };
  return {
    runtime: ort,
    instrumentation,
    tracerProvider,
    meterProvider,
    spans: () => spanExporter.getFinishedSpans(),
    points: async (metric) =>
      (await collect())
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap((scope) => scope.metrics)
        .filter(({ descriptor }) => descriptor.name === metric)
        .flatMap(({ dataPoints }) => dataPoints as unknown as Point[]),
    events: () =>
      logExporter
        .getFinishedLogRecords()
        .map(({ eventName, attributes }) => ({ name: eventName, attributes })),
    exportedText: async () => {
      instrumentation.endOpenSpans();
      const spans = spanExporter.getFinishedSpans().map((span) => ({
        name: span.name,
        attributes: span.attributes,
        events: span.events,
        status: span.status,
      }));
      const logs = logExporter
        .getFinishedLogRecords()
        .map(({ body, attributes, eventName }) => ({ body, attributes, eventName }));
      const collected = (await collect()).flatMap(({ scopeMetrics }) => scopeMetrics);
      return JSON.stringify({ spans, logs, collected });
    },
    reset: () => {
      spanExporter.reset();
      logExporter.reset();
    },
  };
}

/** The single histogram of a metric's only point. */
export function onlyHistogram(points: readonly Point[]): Histogram {
  const [point] = points;
  if (points.length !== 1 || typeof point?.value !== 'object') {
    throw new TypeError(`Cannot read one histogram from ${JSON.stringify(points)}`);
  }
  return point.value;
}

/** Puts the global providers back to none, after a test that set them. */
export function resetGlobalProviders(): void {
  trace.disable();
  metrics.disable();
}
