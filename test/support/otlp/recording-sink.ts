import type { NativeHistogram } from '../../../collector/src/model/histogram/histogram.ts';
import type { Labels } from '../../../collector/src/model/labels.ts';
import type {
  HistogramSample,
  SampleOutcome,
  SampleSink,
  SeriesRefusal,
} from '../../../collector/src/otlp/translate/sample-sink.ts';
import {
  bucketMap,
  type StoredHistogram,
  type StoredSample,
  type StoredSeriesMap,
  seriesKey,
} from '../difftest/remote-read.ts';

/** Keeps every sample, one a time, in the shape that `remoteRead` gives. */
export class RecordingSink implements SampleSink {
  readonly #names: string[] = [];
  readonly #references: Map<string, number> = new Map();
  readonly #samples: Map<number, StoredSample>[] = [];
  /** What the sink answers when asked for a series, when not undefined. */
  refuse: (labels: Labels) => SeriesRefusal | undefined = () => undefined;
  /** References that the sink does not know any more. */
  readonly removed: Set<number> = new Set();

  resolve(labels: Labels): number | SeriesRefusal {
    const refusal = this.refuse(labels);
    if (refusal !== undefined) return refusal;
    const name = seriesKey(labels);
    const known = this.#references.get(name);
    if (known !== undefined && !this.removed.has(known)) return known;
    const reference = this.#names.length;
    this.#references.set(name, reference);
    this.#names.push(name);
    this.#samples.push(new Map());
    return reference;
  }

  append(reference: number, timeMs: number, value: number): SampleOutcome {
    return this.#put(reference, { timeMs, value });
  }

  appendWith(reference: number, timeMs: number, sample: HistogramSample): SampleOutcome {
    const { histogram, value } = sample;
    if (histogram === undefined) return this.#put(reference, { timeMs, value });
    return this.#put(reference, { timeMs, histogram: storedHistogram(histogram) });
  }

  appendStale(reference: number, timeMs: number): SampleOutcome {
    return this.#put(reference, { timeMs, isStale: true });
  }

  /** Series that have samples. */
  get series(): StoredSeriesMap {
    return Object.fromEntries(
      this.#names
        .map((name, reference) => [name, this.#sorted(reference)] as const)
        .filter(([, samples]) => samples.length > 0),
    );
  }

  #sorted(reference: number): StoredSample[] {
    const samples = [...(this.#samples[reference]?.values() ?? [])];
    return samples.sort((left, right) => left.timeMs - right.timeMs);
  }

  #put(reference: number, sample: StoredSample): SampleOutcome {
    if (this.removed.has(reference)) return 'unknown_series';
    const samples = this.#samples[reference];
    if (samples === undefined) throw new Error(`Reference ${reference} was never given out`);
    if (samples.has(sample.timeMs)) return 'duplicate';
    samples.set(sample.timeMs, sample);
    return 'accepted';
  }
}

function storedHistogram(histogram: NativeHistogram): StoredHistogram {
  return {
    schema: histogram.schema,
    count: histogram.count,
    sum: histogram.sum,
    zeroThreshold: histogram.zeroThreshold,
    zeroCount: histogram.zeroCount,
    positive: bucketMap(histogram.positiveSpans, histogram.positiveCounts),
    negative: bucketMap(histogram.negativeSpans, histogram.negativeCounts),
    customValues: histogram.customValues,
  };
}
