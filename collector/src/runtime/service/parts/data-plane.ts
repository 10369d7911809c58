import { getHeapStatistics } from 'node:v8';

import { promqlFeatures } from '../../../config/rules/rule-set.ts';
import type { CollectorConfig } from '../../../config/schema/collector-config.ts';
import { storeLimits, translateOptions } from '../../../config/settings.ts';
import { MetricTranslator } from '../../../otlp/translate/metric-translator.ts';
import type { FamilyMetadata } from '../../../otlp/translate/sample-sink.ts';
import type { GroupDefinition } from '../../../rules/rule.ts';
import { ExemplarStore } from '../../../storage/exemplar-store.ts';
import { RetentionPlan } from '../../../storage/retention.ts';
import { SeriesStore } from '../../../storage/series-store.ts';
import { QueryEngine } from '../../evaluate/query-engine.ts';
import { ruleNeeds } from '../../evaluate/rule-needs.ts';
import { RuleQueries } from '../../evaluate/rule-queries.ts';
import { MetricIngest } from '../../ingest/metric-ingest.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { ServiceSignals } from '../service-signals.ts';

/** Late samples and late evaluations. */
const RETENTION_MARGIN_MS = 60_000;

/** A rule may take this part of the heap; twice as much may be alive for a moment. */
const RULE_HEAP_PARTS = 5;

/** And the labels of all series this one. */
const LABEL_HEAP_PARTS = 4;

const HEAP_BYTES = getHeapStatistics().heap_size_limit;

const EXEMPLAR_LIMITS = { seriesMax: 10_000, perSeriesMax: 10 };
const FAMILIES_MAX = 20_000;

/** From bytes to queries: translation, the store and what reads it. */
export interface DataPlane {
  readonly store: SeriesStore;
  readonly exemplars: ExemplarStore;
  readonly metadata: ReadonlyMap<string, FamilyMetadata>;
  readonly engine: QueryEngine;
  readonly ruleQueries: RuleQueries;
  readonly ingest: MetricIngest;
  /** Takes the needs of other rules. */
  setRules(config: CollectorConfig, groups: readonly GroupDefinition[]): void;
}

export function createDataPlane(options: ServiceOptions, signals: ServiceSignals): DataPlane {
  const { config, clock, monotonicMs } = options;
  const store = new SeriesStore({
    retention: retentionPlan(config, options.rules.groups),
    limits: { ...storeLimits(config), labelBytesMax: HEAP_BYTES / LABEL_HEAP_PARTS },
  });
  const exemplars = new ExemplarStore(EXEMPLAR_LIMITS);
  const metadata = new Map<string, FamilyMetadata>();
  const translator = new MetricTranslator({
    sink: store,
    options: translateOptions(config),
    // A secret of this process, so that senders cannot make attributes that collide.
    hashSeed: Math.floor(options.random() * 2 ** 31),
    // Refused streams are remembered too; beyond this the memory of them is built again.
    streamsMax: 2 * config.limits.max_series,
    keepTotalsMs: () => store.retention.windowMsMax + RETENTION_MARGIN_MS,
    listener: {
      onFamily: (name, family) => {
        if (metadata.size < FAMILIES_MAX || metadata.has(name)) metadata.set(name, family);
      },
      onExemplar: (reference, exemplar) => {
        const series = store.series(reference);
        if (series !== undefined) exemplars.add(series.labels, storedExemplar(exemplar));
      },
    },
  });
  const engine = new QueryEngine({
    source: store,
    features: promqlFeatures(config),
    lookbackMs: config.promql.lookback,
    defaultSubqueryStepMs: config.evaluation.interval,
    samplesMax: config.promql.max_samples,
    bytesMax: HEAP_BYTES / RULE_HEAP_PARTS,
    monotonicMs,
  });
  const ingest = new MetricIngest({
    translator,
    store,
    clock,
    bodyBytesMax: config.otlp.max_body_bytes,
    outputWindowMs: config.promql.lookback,
    onStored: (nowMs) => signals.stored.tell(nowMs),
    onBatch: (batch, nowMs) => signals.batch.tell({ batch, nowMs }),
    onLog: (error) => signals.fault.tell({ fault: 'the log cannot be written', error }),
  });
  const ruleQueries = new RuleQueries(engine, { timeoutMs: config.promql.timeout, monotonicMs });
  const setRules: DataPlane['setRules'] = (next, groups) => {
    store.setRetention(retentionPlan(next, groups));
    ruleQueries.renew();
    translator.invalidate();
  };
  return { store, exemplars, metadata, engine, ruleQueries, ingest, setRules };
}

function retentionPlan(config: CollectorConfig, groups: readonly GroupDefinition[]): RetentionPlan {
  const needs = ruleNeeds(groups, {
    lookbackMs: config.promql.lookback,
    onArrivalGroups: config.evaluation.on_arrival.groups,
  });
  return new RetentionPlan(needs, {
    retainAllMs: config.retain_all,
    marginMs: RETENTION_MARGIN_MS,
  });
}

function storedExemplar(exemplar: {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly (readonly [string, string])[];
}): { timeMs: number; value: number; labels: Record<string, string> } {
  const { timeMs, value, traceId, spanId, attributes } = exemplar;
  return {
    timeMs,
    value,
    labels: {
      ...Object.fromEntries(attributes),
      ...(traceId === '' ? {} : { trace_id: traceId }),
      ...(spanId === '' ? {} : { span_id: spanId }),
    },
  };
}
