import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api';
import type { MetricProducer } from '@opentelemetry/sdk-metrics';

import { instrumentOptions, type MetricRow, SCHEMA_URL, sharedState } from '@telltale/core';
import {
  BucketHistogram,
  createHistogramProducer,
  type HistogramFamily,
  type Temporality,
} from '@telltale/instrument';

import { liveInstruments, SCOPE } from './live-instruments.ts';

interface Instruments {
  /** Where every reader has a producer of ours, values do not pass through the SDK. */
  readonly isProduced: boolean;
  readonly of: (row: MetricRow) => Histogram;
}

interface Registry {
  readonly series: Map<MetricRow, BoundHistogram[]>;
  /** The provider whose readers have a producer of ours. */
  producing: MeterProvider | undefined;
}

/**
 * One series of a histogram, bound to its attributes. The SDK hashes attributes at each `record`,
 * which costs more than all the rest of a recording call, so where Telltale makes the readers the
 * values are aggregated here and handed over when metrics are collected.
 */
export class BoundHistogram {
  readonly row: MetricRow;
  readonly attributes: Attributes;
  readonly histogram: BucketHistogram;

  constructor(row: MetricRow, attributes: Attributes) {
    this.row = row;
    this.attributes = Object.freeze({ ...attributes });
    this.histogram = new BucketHistogram(row.buckets ?? [], performance.now());
    const series = registry.series.get(row);
    if (series === undefined) registry.series.set(row, [this]);
    else series.push(this);
  }

  record(value: number): void {
    const { isProduced, of } = bind();
    if (isProduced) this.histogram.record(value);
    else of(this.row).record(value, this.attributes);
  }
}

/** One registry a process: the ESM and the CommonJS copy of this module share it. */
const registry: Registry = sharedState('telltale.histograms', () => ({
  series: new Map(),
  producing: undefined,
}));

const bind: () => Instruments = sharedState('telltale.histogram-instruments', () =>
  liveInstruments<Instruments>((meter, provider) => {
    const made = new Map<string, Histogram>();
    const of = (row: MetricRow): Histogram => {
      const known = made.get(row.name) ?? meter.createHistogram(row.name, instrumentOptions(row));
      made.set(row.name, known);
      return known;
    };
    const isProduced = registry.producing === provider;
    return { instruments: { isProduced, of } };
  }),
);

/**
 * A source of the histograms of the recording calls for one metric reader. Give one to every reader
 * of a provider, and tell `publishHistograms` about the provider before anything is recorded.
 */
export function createApplicationProducer(temporality: Temporality): MetricProducer {
  const families = (): readonly HistogramFamily[] =>
    Array.from(registry.series, ([row, series]) => ({ row, series }));
  return createHistogramProducer(families, { name: SCOPE, schemaUrl: SCHEMA_URL }, temporality);
}

/** Tells that all readers of this provider have a producer of ours. */
export function publishHistograms(provider: MeterProvider): void {
  registry.producing = provider;
}
