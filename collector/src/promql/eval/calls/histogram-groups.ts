import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import type { Labels } from '../../../model/labels.ts';
import { badBucketLabel, mixedClassicAndNative } from '../../annotations.ts';
import type { Position } from '../../ast.ts';
import type { ClassicBucket } from '../../functions/classic-histogram.ts';
import type { Query } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { FLOAT, HISTOGRAM } from '../step-series.ts';

const BUCKET_LABEL = 'le';
const BUCKET_LABELS: ReadonlySet<string> = new Set([BUCKET_LABEL]);
const DECIMAL = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const INFINITE = /^(?<sign>[+-]?)inf(?:inity)?$/iu;

/** A series with what is known about it at every step. */
interface Member {
  readonly series: StepSeries;
  readonly upperBound: number | undefined;
  /** The labels without `le`, equal for all buckets of a classic histogram. */
  readonly labels: Labels;
}

export interface NativeSample {
  readonly labels: Labels;
  readonly histogram: NativeHistogram;
}

export interface ClassicSample {
  readonly labels: Labels;
  readonly buckets: readonly ClassicBucket[];
}

/** The histograms of a vector: native ones as they are, buckets of classic ones put together. */
export class HistogramGroups {
  readonly #members: readonly Member[];
  readonly #position: Position;
  readonly #query: Query;

  constructor(
    series: readonly StepSeries[],
    { position, query }: { readonly position: Position; readonly query: Query },
  ) {
    this.#position = position;
    this.#query = query;
    this.#members = series.map((item) => ({
      series: item,
      upperBound: parseBound(item.labels.get(BUCKET_LABEL)),
      labels: item.labels.without(BUCKET_LABELS),
    }));
  }

  /** The histograms of a step. Where a native and a classic one meet, neither is answered. */
  at(step: number): { native: NativeSample[]; classic: ClassicSample[] } {
    const classic = new Map<string, { labels: Labels; buckets: ClassicBucket[] }>();
    for (const member of this.#members) {
      if (member.series.kinds[step] === FLOAT) this.#addBucket(classic, member, step);
    }
    const native: NativeSample[] = [];
    for (const { series } of this.#members) {
      const histogram = series.kinds[step] === HISTOGRAM ? series.histograms[step] : undefined;
      if (histogram === undefined) continue;
      if (classic.delete(series.labels.key)) {
        this.#query.annotate(mixedClassicAndNative(this.#nameOf(series), this.#position));
      } else {
        native.push({ labels: series.labels, histogram });
      }
    }
    return { native, classic: [...classic.values()] };
  }

  #addBucket(
    classic: Map<string, { labels: Labels; buckets: ClassicBucket[] }>,
    { series, upperBound, labels }: Member,
    step: number,
  ): void {
    if (upperBound === undefined) {
      const label = series.labels.get(BUCKET_LABEL);
      this.#query.annotate(badBucketLabel(label, this.#nameOf(series), this.#position));
      return;
    }
    const bucket = { upperBound, count: series.values[step] ?? 0 };
    const group = classic.get(labels.key);
    if (group === undefined) classic.set(labels.key, { labels, buckets: [bucket] });
    else group.buckets.push(bucket);
  }

  /** Annotations name a metric only when its name is still there for sure. */
  #nameOf(series: StepSeries): string {
    return this.#query.options.features.delayedNameRemoval ? series.labels.metricName : '';
  }
}

/** Go's `strconv.ParseFloat` without hexadecimal numbers; `undefined` when it is no number. */
export function parseBound(text: string): number | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite.groups?.['sign'] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/iu.test(text)) return Number.NaN;
  return DECIMAL.test(text) ? Number(text) : undefined;
}
