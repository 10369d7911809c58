import { formatFloat, formatGeneral } from '../model/format-float.ts';
import { quoteGo } from '../model/go-string.ts';

import type { Position } from './ast.ts';

/** A remark on a result that is correct, but perhaps not what the user meant. */
export interface Annotation {
  readonly level: 'warning' | 'info';
  /** Worded as upstream, without a position; annotations with equal texts are one annotation. */
  readonly text: string;
  readonly position: Position;
  /** How far `histogram_quantile` had to mend classic buckets, over all steps and series. */
  readonly mended?: MendedBuckets;
  /** How many series a remark about start timestamps is about. */
  readonly occurrences?: number;
}

export interface MendedBuckets {
  readonly bucketMin: number;
  readonly bucketMax: number;
  readonly differenceMax: number;
  readonly timeMsMin: number;
  readonly timeMsMax: number;
  readonly samples: number;
}

/** Annotations without duplicates, in the order of their first appearance. */
export class AnnotationSet {
  readonly #byText = new Map<string, Annotation>();

  add(annotation: Annotation): void {
    const known = this.#byText.get(annotation.text);
    this.#byText.set(annotation.text, known === undefined ? annotation : merge(known, annotation));
  }

  list(): readonly Annotation[] {
    return [...this.#byText.values()];
  }
}

/** Of two places that give rise to the same text, the later one is shown. */
function merge(known: Annotation, added: Annotation): Annotation {
  if (known.mended !== undefined && added.mended !== undefined) {
    return { ...added, mended: mergeMended(known.mended, added.mended) };
  }
  if (known.occurrences !== undefined && added.occurrences !== undefined) {
    return { ...added, occurrences: known.occurrences + added.occurrences };
  }
  return added;
}

function mergeMended(left: MendedBuckets, right: MendedBuckets): MendedBuckets {
  return {
    bucketMin: Math.min(left.bucketMin, right.bucketMin),
    bucketMax: Math.max(left.bucketMax, right.bucketMax),
    differenceMax: Math.max(left.differenceMax, right.differenceMax),
    timeMsMin: Math.min(left.timeMsMin, right.timeMsMin),
    timeMsMax: Math.max(left.timeMsMax, right.timeMsMax),
    samples: left.samples + right.samples,
  };
}

/** An annotation as HTTP answers show it, with line and column in the expression. */
export function formatAnnotation(annotation: Annotation, expression: string): string {
  const { text, mended, occurrences = 1 } = annotation;
  const place = `(${locate(expression, annotation.position.start)})`;
  if (mended !== undefined) {
    const buckets = [mended.bucketMin, mended.bucketMax].map((le) => formatFloat(le, 'general'));
    return (
      `${text}, from buckets ${buckets.join(' to ')}, ` +
      `with a max diff of ${formatGeneral(mended.differenceMax, 2)}, over ${mended.samples} samples ` +
      `from ${formatSecond(mended.timeMsMin)} to ${formatSecond(mended.timeMsMax)} ${place}`
    );
  }
  return occurrences > 1 ? `${text} (${occurrences} occurrences) ${place}` : `${text} ${place}`;
}

function locate(expression: string, byteOffset: number): string {
  const before = new TextDecoder().decode(
    new TextEncoder().encode(expression).slice(0, byteOffset),
  );
  const lastLine = before.slice(before.lastIndexOf('\n') + 1);
  return `${before.split('\n').length}:${new TextEncoder().encode(lastLine).length + 1}`;
}

function formatSecond(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function warning(text: string, position: Position): Annotation {
  return { level: 'warning', text: `PromQL warning: ${text}`, position };
}

function info(text: string, position: Position): Annotation {
  return { level: 'info', text: `PromQL info: ${text}`, position };
}

function forMetric(metricName: string): string {
  return metricName === '' ? '' : ` for metric name ${quoteGo(metricName)}`;
}

export function invalidQuantile(quantile: number, position: Position): Annotation {
  const shown = formatFloat(quantile, 'general');
  return warning(`quantile value should be between 0 and 1, got ${shown}`, position);
}

export function invalidRatio(ratio: number, cap: number, position: Position): Annotation {
  const shown = formatFloat(ratio, 'general');
  return warning(
    `ratio value should be between -1 and 1, got ${shown}, capping to ${cap}`,
    position,
  );
}

export function badBucketLabel(label: string, metricName: string, position: Position): Annotation {
  return warning(
    `bucket label "le" is missing or has a malformed value of ${quoteGo(label)}${forMetric(metricName)}`,
    position,
  );
}

export function mixedFloatsAndHistograms(metricName: string, position: Position): Annotation {
  return warning(
    `encountered a mix of histograms and floats for metric name ${quoteGo(metricName)}`,
    position,
  );
}

export function mixedFloatsAndHistogramsInAggregation(position: Position): Annotation {
  return warning('encountered a mix of histograms and floats for aggregation', position);
}

export function mixedClassicAndNative(metricName: string, position: Position): Annotation {
  return warning(
    `vector contains a mix of classic and native histograms${forMetric(metricName)}`,
    position,
  );
}

export function histogramNotCounter(metricName: string, position: Position): Annotation {
  return warning(`this native histogram metric is not a counter: ${quoteGo(metricName)}`, position);
}

export function histogramNotGauge(metricName: string, position: Position): Annotation {
  return warning(`this native histogram metric is not a gauge: ${quoteGo(metricName)}`, position);
}

export function mixedBucketSchemas(metricName: string, position: Position): Annotation {
  return warning(
    'vector contains a mix of histograms with exponential and custom buckets schemas ' +
      `for metric name ${quoteGo(metricName)}`,
    position,
  );
}

export function incompatibleBucketLayout(operator: string, position: Position): Annotation {
  return warning(
    `incompatible bucket layout encountered for binary operator ${operator}`,
    position,
  );
}

export function sortInRangeQuery(position: Position): Annotation {
  return warning(
    'sort is ineffective for range queries since results are always ordered by labels',
    position,
  );
}

export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

export function counterResetCollision(
  operation: HistogramOperation,
  position: Position,
): Annotation {
  return warning(`conflicting counter resets during histogram ${operation}`, position);
}

export function startTimeOverlap(metricName: string, position: Position): Annotation {
  const text =
    'sample has start time that overlaps with previous sample timestamp ' +
    `for metric ${quoteGo(metricName)}`;
  return { ...warning(text, position), occurrences: 1 };
}

export function possibleNonCounter(metricName: string, position: Position): Annotation {
  return info(
    'metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ' +
      quoteGo(metricName),
    position,
  );
}

export function possibleNonCounterType(
  metricName: string,
  type: string,
  position: Position,
): Annotation {
  return info(
    'metric might not be a counter, __type__ label is not set to "counter" or "histogram", ' +
      `got ${quoteGo(type)}: ${quoteGo(metricName)}`,
    position,
  );
}

export function forcedMonotonicity(
  mended: MendedBuckets,
  metricName: string,
  position: Position,
): Annotation {
  const text =
    'input to histogram_quantile needed to be fixed for monotonicity (see ' +
    'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
  return { ...info(`${text}${forMetric(metricName)}`, position), mended };
}

export function incompatibleTypes(
  types: readonly [left: 'float' | 'histogram', right: 'float' | 'histogram'],
  operator: string,
  position: Position,
): Annotation {
  const [left, right] = types;
  return info(
    `incompatible sample types encountered for binary operator ${quoteGo(operator)}: ` +
      `${left} ${operator} ${right}`,
    position,
  );
}

export function histogramIgnoredInAggregation(aggregation: string, position: Position): Annotation {
  return info(`ignored histogram in ${aggregation} aggregation`, position);
}

export function histogramsIgnoredInRange(metricName: string, position: Position): Annotation {
  return info(
    'ignored histograms in a range containing both floats and histograms ' +
      `for metric name ${quoteGo(metricName)}`,
    position,
  );
}

const NAN_NOTES = {
  'nan-result': 'input to histogram_quantile has NaN observations, result is NaN',
  'nan-skew': 'input to histogram_quantile has NaN observations, result is skewed higher',
  'nan-excluded':
    'input to histogram_fraction has NaN observations, which are excluded from all fractions',
} as const;

export function nanObservations(
  note: keyof typeof NAN_NOTES,
  metricName: string,
  position: Position,
): Annotation {
  return info(`${NAN_NOTES[note]}${forMetric(metricName)}`, position);
}

export function bucketsReconciled(operation: HistogramOperation, position: Position): Annotation {
  return info(`mismatched custom buckets were reconciled during ${operation}`, position);
}
