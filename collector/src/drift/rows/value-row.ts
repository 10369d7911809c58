import { METRIC_PREDICTION_UNCERTAINTY } from '@telltale/core';
import {
  histogramCount,
  histogramKs,
  histogramPsi,
  histogramQuantile,
  histogramWasserstein,
  type KsInterval,
  largestBucketShare,
  type SignedHistogram,
  subtractSigned,
} from '@telltale/statistics';

import type { FleetTime } from '../fleet-options.ts';
import { HistogramBuckets } from './histogram-buckets.ts';
import { Increments, type SeriesPoint, type Taken } from './increments.ts';
import type { FleetReference } from './reference.ts';
import type { SeriesBudget } from './series-budget.ts';

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
/** With more of the mass in one bucket a distance says nothing about the values. */
const BUCKET_SHARE_MAX = 0.3;

/** The merged values of a stream, and their distance from the baseline where that has a sample. */
export interface ValueStatus {
  readonly metric: string;
  readonly records: number;
  readonly scale: number;
  /** One bucket holds so much that distances are blind. */
  readonly resolutionLoss: boolean;
  readonly quantiles: Readonly<Record<string, number>>;
  readonly ks: KsInterval | null;
  readonly wasserstein: number | null;
  readonly psi: number | null;
  /** Difference of each quantile from the baseline's. */
  readonly quantileDeltas: Readonly<Record<string, number>> | null;
}

/** Values of one metric over all instances of a stream, as exponential histograms. */
export class ValueRow {
  readonly metric: string;
  seenMs = 0;
  readonly #series: Map<string, { series: Increments<SignedHistogram>; seenMs: number }> =
    new Map();
  readonly #budget: SeriesBudget;
  readonly #window = new HistogramBuckets();

  constructor(metric: string, budget: SeriesBudget) {
    this.metric = metric;
    this.#budget = budget;
  }

  take(
    key: string,
    point: SeriesPoint<SignedHistogram>,
    at: { readonly bucket: number; readonly time: FleetTime },
  ): Taken<SignedHistogram> {
    let known = this.#series.get(key);
    if (known === undefined) {
      if (!this.#budget.take()) return 'full';
      known = { series: new Increments(subtractSigned), seenMs: 0 };
      this.#series.set(key, known);
    }
    known.seenMs = at.time.nowMs;
    this.seenMs = at.time.nowMs;
    const increment = known.series.take(point, at.time.fromMs);
    if (typeof increment === 'object') this.#window.add(at.bucket, increment.added);
    return increment;
  }

  /** The merged values in the window, for a baseline to be made of. */
  merged(): SignedHistogram | undefined {
    return this.#window.merged();
  }

  reset(): void {
    this.#window.clear();
  }

  advance(time: FleetTime): void {
    this.#window.forgetBefore(time.firstBucket);
    for (const [key, { seenMs }] of this.#series) {
      if (seenMs >= time.fromMs) continue;
      this.#series.delete(key);
      this.#budget.release(1);
    }
  }

  /** Call before the row is forgotten. */
  release(): void {
    this.#budget.release(this.#series.size);
    this.#series.clear();
  }

  status(reference: FleetReference | undefined): ValueStatus | undefined {
    const window = this.merged();
    const records = window === undefined ? 0 : histogramCount(window);
    if (window === undefined || records === 0) return undefined;
    const resolutionLoss = largestBucketShare(window) > BUCKET_SHARE_MAX;
    return {
      metric: this.metric,
      records,
      scale: window.scale,
      resolutionLoss,
      quantiles: quantilesOf(window),
      ...compare(window, this.#comparable(reference), resolutionLoss),
    };
  }

  #comparable(reference: FleetReference | undefined): SignedHistogram | undefined {
    return this.metric === METRIC_PREDICTION_UNCERTAINTY.name
      ? reference?.uncertainties
      : reference?.values;
  }
}

const NOT_COMPARED = { ks: null, wasserstein: null, psi: null, quantileDeltas: null } as const;

function compare(
  window: SignedHistogram,
  baseline: SignedHistogram | undefined,
  resolutionLoss: boolean,
): Pick<ValueStatus, keyof typeof NOT_COMPARED> {
  if (baseline === undefined) return NOT_COMPARED;
  return {
    ks: histogramKs(baseline, window) ?? null,
    wasserstein: histogramWasserstein(baseline, window) ?? null,
    psi: resolutionLoss ? null : (histogramPsi(baseline, window) ?? null),
    quantileDeltas: differences(quantilesOf(window), quantilesOf(baseline)),
  };
}

function quantilesOf(histogram: SignedHistogram): Record<string, number> {
  return Object.fromEntries(
    QUANTILES.map((share) => [`p${share * 100}`, histogramQuantile(histogram, share) ?? 0]),
  );
}

function differences(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(now).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}
