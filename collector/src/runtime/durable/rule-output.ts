import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import { Labels } from '../../model/labels.ts';
import type { RuleSample } from '../../rules/evaluation.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import type { SeriesReference } from '../../storage/stored-series.ts';

/** One sample of a record in the log. Numbers are texts because JSON has no NaN and no infinity. */
interface LoggedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly value?: string;
  readonly histogram?: NativeHistogram;
  readonly isStale?: boolean;
}

/** Stores what rules write. Series are kept for at least `windowMsMin`, selected or not. */
export function storeRuleSamples(
  store: SeriesStore,
  samples: readonly RuleSample[],
  windowMsMin: number,
): void {
  for (const sample of samples) {
    const { timeMs, value, histogram, isStale } = sample;
    const reference = referenceOf(store, sample, windowMsMin);
    if (reference === undefined) continue;
    if (isStale === true) store.appendStale(reference, timeMs);
    else if (histogram === undefined) store.append(reference, timeMs, value ?? Number.NaN);
    else store.appendWith(reference, timeMs, { value: 0, histogram });
  }
}

/** Finds the series of a sample: where it was last time, as long as it is still there. */
function referenceOf(
  store: SeriesStore,
  { labels, place }: RuleSample,
  windowMsMin: number,
): SeriesReference | undefined {
  if (place?.store === store && store.series(place.reference) !== undefined) return place.reference;
  const reference = store.resolve(labels, windowMsMin);
  if (typeof reference === 'string') return undefined;
  if (place !== undefined) {
    place.store = store;
    place.reference = reference;
  }
  return reference;
}

export function encodeRuleSamples(samples: readonly RuleSample[]): Buffer {
  const logged = samples.map(({ labels, timeMs, value, histogram, isStale }): LoggedSample => {
    return {
      labels: labels.toRecord(),
      timeMs,
      ...(value === undefined ? {} : { value: String(value) }),
      ...(histogram === undefined ? {} : { histogram }),
      ...(isStale === undefined ? {} : { isStale }),
    };
  });
  return Buffer.from(JSON.stringify(logged), 'utf8');
}

export function decodeRuleSamples(body: Uint8Array): RuleSample[] {
  const logged = JSON.parse(Buffer.from(body).toString('utf8')) as LoggedSample[];
  return logged.map(({ labels, value, ...rest }): RuleSample => {
    return {
      ...rest,
      labels: Labels.of(labels),
      ...(value === undefined ? {} : { value: Number(value) }),
    };
  });
}
