import type { Attributes, HrTime } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import type {
  CollectionResult,
  MetricData,
  MetricReader,
  ScopeMetrics,
} from '@opentelemetry/sdk-metrics';

/** A producer of ours, which needs nothing to wait for. */
export interface ImmediateProducer {
  collectNow(): CollectionResult;
}

/** What a callback of an observable instrument is given. */
interface Observations {
  observe(...args: readonly unknown[]): void;
}

interface AsyncStorage {
  record(measurements: ReadonlyMap<Attributes, number>, time: HrTime): void;
}

interface Instrument {
  readonly _metricStorages: readonly AsyncStorage[];
}

/** The parts of the bundled version of `sdk-metrics` that this needs. */
interface MeterState {
  readonly _instrumentationScope: ScopeMetrics['scope'];
  readonly observableRegistry: {
    readonly _callbacks: readonly {
      readonly callback: (result: Observations) => unknown;
      readonly instrument: Instrument;
    }[];
    readonly _batchCallbacks: readonly {
      readonly callback: (result: Observations) => unknown;
      readonly instruments: ReadonlySet<Instrument>;
    }[];
  };
  readonly metricStorageRegistry: {
    getStorages(collector: object): readonly {
      collect(collector: object, time: HrTime): MetricData | undefined;
    }[];
  };
}

interface Collector {
  readonly _sharedState: {
    readonly resource: CollectionResult['resourceMetrics']['resource'];
    readonly meterSharedStates: ReadonlyMap<string, MeterState>;
  };
}

interface ReaderParts {
  readonly _sdkMetricProducer?: Collector;
  readonly _metricProducers?: readonly Partial<ImmediateProducer>[];
}

/**
 * What `reader.collect()` gives, at once, for a process that ends before any promise is settled. The
 * SDK only has promises, so this walks the state of the version that is bundled. Callbacks of
 * observable instruments that answer later are left out.
 *
 * @throws when that state looks different.
 */
export function collectNow(reader: MetricReader): CollectionResult | undefined {
  const { _sdkMetricProducer: collector, _metricProducers: producers = [] } =
    reader as unknown as ReaderParts;
  if (collector === undefined) return undefined;
  const time = millisToHrTime(Date.now());
  const { resource, meterSharedStates } = collector._sharedState;
  const scopeMetrics: ScopeMetrics[] = [];
  for (const meter of meterSharedStates.values()) {
    observe(meter, time);
    const metrics = meter.metricStorageRegistry
      .getStorages(collector)
      .flatMap((storage) => storage.collect(collector, time) ?? []);
    if (metrics.length > 0) scopeMetrics.push({ scope: meter._instrumentationScope, metrics });
  }
  for (const producer of producers) {
    const result = producer.collectNow?.();
    if (result !== undefined) scopeMetrics.push(...result.resourceMetrics.scopeMetrics);
  }
  return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
}

function observe({ observableRegistry }: MeterState, time: HrTime): void {
  for (const { callback, instrument } of observableRegistry._callbacks) {
    const seen = new Map<Attributes, number>();
    callback({
      observe: (value, attributes) =>
        void seen.set({ ...(attributes as Attributes) }, Number(value)),
    });
    record(instrument, seen, time);
  }
  for (const { callback, instruments } of observableRegistry._batchCallbacks) {
    const seen = new Map<unknown, Map<Attributes, number>>();
    callback({
      observe: (instrument, value, attributes) => {
        const values = seen.get(instrument) ?? new Map<Attributes, number>();
        values.set({ ...(attributes as Attributes) }, Number(value));
        seen.set(instrument, values);
      },
    });
    for (const instrument of instruments) record(instrument, seen.get(instrument), time);
  }
}

function record(
  { _metricStorages: storages }: Instrument,
  values: ReadonlyMap<Attributes, number> | undefined,
  time: HrTime,
): void {
  if (values === undefined) return;
  for (const storage of storages) storage.record(values, time);
}
