import {
  negativeColumns,
  positiveColumns,
} from '../../../collector/src/model/histogram/buckets.ts';
import { compactHistogram } from '../../../collector/src/model/histogram/compact.ts';
import { formatHistogramNotation } from '../../../collector/src/model/histogram/format.ts';
import type { NativeHistogram } from '../../../collector/src/model/histogram/histogram.ts';
import { Labels } from '../../../collector/src/model/labels.ts';
import { formatLabels } from '../../../collector/src/model/labels-format.ts';
import type { Annotation } from '../../../collector/src/promql/annotations.ts';
import { formatAnnotation } from '../../../collector/src/promql/annotations.ts';
import type {
  MatrixSeries,
  Point,
  Value,
  VectorElement,
} from '../../../collector/src/promql/eval/values.ts';
import type { SequenceValue } from '../../../collector/src/promql/notation/series.ts';
import type { EvalCommand, ExpectationKind, ExpectedSeries } from './script.ts';

const TOLERANCE = 1e-6;
const NORMAL_MIN = 2.2250738585072014e-308;

export function isExpected(command: EvalCommand, kind: ExpectationKind): boolean {
  return command.expectations.some((expectation) => expectation.kind === kind);
}

/** What is wrong with an error, `undefined` when it is the expected one. */
export function compareFailure(command: EvalCommand, message: string): string | undefined {
  const wrong = command.expectations.find(
    (expectation) => expectation.kind === 'fail' && !expectation.matches(message),
  );
  return wrong === undefined ? undefined : `expected error "${wrong.shown}", got "${message}"`;
}

/** What is wrong with annotations, `undefined` when nothing is. */
export function compareAnnotations(
  command: EvalCommand,
  annotations: readonly Annotation[],
): string | undefined {
  return (
    compareLevel(command, annotations, { level: 'warning', kind: 'warn', none: 'no_warn' }) ??
    compareLevel(command, annotations, { level: 'info', kind: 'info', none: 'no_info' })
  );
}

function compareLevel(
  command: EvalCommand,
  annotations: readonly Annotation[],
  { level, kind, none }: { level: string; kind: ExpectationKind; none: ExpectationKind },
): string | undefined {
  const actual = annotations
    .filter((item) => item.level === level)
    .map((item) => formatAnnotation(item, command.expr));
  if (isExpected(command, none) && actual.length > 0) {
    return `expected no ${level}, got ${JSON.stringify(actual)}`;
  }
  const expected = command.expectations.filter((item) => item.kind === kind);
  if (expected.length === 0) return undefined;
  const missing = expected.find(({ matches }) => !actual.some(matches));
  if (missing !== undefined) {
    return `expected ${level} "${missing.shown}", got ${JSON.stringify(actual)}`;
  }
  const surplus = actual.find((text) => !expected.some(({ matches }) => matches(text)));
  return surplus === undefined ? undefined : `unexpected ${level} "${surplus}"`;
}

/** What is wrong with a value, `undefined` when it is the expected one. */
export function compareValue(command: EvalCommand, value: Value): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.value === command.text
        ? undefined
        : `expected string "${command.text ?? ''}", got "${value.value}"`;
    case 'scalar':
      return command.scalar !== undefined && isClose(command.scalar, value.value)
        ? undefined
        : `expected ${command.scalar === undefined ? 'a vector' : command.scalar}, got scalar ${value.value}`;
    case 'vector':
      return compareVector(command, value.elements);
    case 'matrix':
      return compareMatrix(command, value.series);
  }
}

function compareVector(
  command: EvalCommand,
  elements: readonly VectorElement[],
): string | undefined {
  if (command.scalar !== undefined) return `expected a scalar, got ${elements.length} elements`;
  const expected = new Map(command.series.map((series) => [series.labels.key, series]));
  const seen = new Set<string>();
  for (const [position, element] of elements.entries()) {
    const { key } = element.labels;
    const wanted = expected.get(key);
    if (wanted === undefined) {
      return `unexpected ${formatLabels(element.labels)} ${showPoint(element)}`;
    }
    if (isExpected(command, 'ordered') && wanted.position !== position) {
      return `expected ${formatLabels(element.labels)} at position ${wanted.position}, was at ${position}`;
    }
    const fault = comparePoint(wanted.values[0], element);
    if (fault !== undefined) return `${formatLabels(element.labels)}: ${fault}`;
    if (seen.has(key)) return `${formatLabels(element.labels)} appears twice`;
    seen.add(key);
  }
  return findMissing(command, seen);
}

function compareMatrix(command: EvalCommand, series: readonly MatrixSeries[]): string | undefined {
  if (isExpected(command, 'ordered')) return 'expected an ordered vector, got a matrix';
  if (command.scalar !== undefined) return 'expected a scalar, got a matrix';
  const expected = new Map(command.series.map((item) => [item.labels.key, item]));
  for (const [index, { labels }] of series.entries()) {
    const next = series[index + 1];
    if (next !== undefined && Labels.compare(labels, next.labels) > 0) {
      return `series are not sorted: ${formatLabels(labels)}`;
    }
  }
  for (const { labels, points } of series) {
    const wanted = expected.get(labels.key);
    if (wanted === undefined) {
      return `unexpected ${formatLabels(labels)} ${points.map(showPoint).join(' ')}`;
    }
    const fault = comparePoints(command, wanted, points);
    if (fault !== undefined) return `${formatLabels(labels)}: ${fault}`;
  }
  return findMissing(command, new Set(series.map(({ labels }) => labels.key)));
}

function comparePoints(
  command: EvalCommand,
  { values }: ExpectedSeries,
  points: readonly Point[],
): string | undefined {
  const wanted = values
    .map((value, index) => ({ value, timeMs: command.startMs + index * command.stepMs }))
    .filter(({ value }) => value.kind !== 'omitted');
  const shown = points.map((point) => `${showPoint(point)}@${point.timeMs}`).join(' ');
  if (wanted.length !== points.length) {
    return `expected ${wanted.length} points, got ${points.length}: ${shown}`;
  }
  for (const [index, { value, timeMs }] of wanted.entries()) {
    const point = points[index];
    if (point?.timeMs !== timeMs) return `expected a point at ${timeMs}, got ${shown}`;
    const fault = comparePoint(value, point);
    if (fault !== undefined) return `at ${timeMs}: ${fault}`;
  }
  return undefined;
}

function comparePoint(wanted: SequenceValue | undefined, point: Point): string | undefined {
  if (wanted?.kind === 'histogram') {
    if (point.histogram === undefined) return `expected a histogram, got ${showPoint(point)}`;
    const isSame =
      histogramsClose(wanted.histogram, point.histogram) &&
      (!wanted.isHintGiven ||
        wanted.histogram.counterResetHint === point.histogram.counterResetHint);
    return isSame
      ? undefined
      : `expected ${formatHistogramNotation(wanted.histogram)}, got ${showPoint(point)}`;
  }
  if (wanted?.kind !== 'float') return `expected nothing, got ${showPoint(point)}`;
  if (point.value === undefined) return `expected ${wanted.value}, got ${showPoint(point)}`;
  return isClose(wanted.value, point.value)
    ? undefined
    : `expected ${wanted.value}, got ${point.value}`;
}

function findMissing(command: EvalCommand, seen: ReadonlySet<string>): string | undefined {
  const missing = command.series.find(({ labels }) => !seen.has(labels.key));
  return missing === undefined ? undefined : `missing ${formatLabels(missing.labels)}`;
}

function showPoint({ value, histogram }: Point): string {
  return histogram === undefined ? String(value) : formatHistogramNotation(histogram);
}

function histogramsClose(wanted: NativeHistogram, actual: NativeHistogram): boolean {
  const left = compactHistogram(wanted);
  const right = compactHistogram(actual);
  return (
    left.schema === right.schema &&
    left.zeroThreshold === right.zeroThreshold &&
    isClose(left.count, right.count) &&
    isClose(left.sum, right.sum) &&
    isClose(left.zeroCount, right.zeroCount) &&
    left.customValues.join() === right.customValues.join() &&
    columnsClose(positiveColumns(left), positiveColumns(right)) &&
    columnsClose(negativeColumns(left), negativeColumns(right))
  );
}

type Columns = ReturnType<typeof positiveColumns>;

function columnsClose(left: Columns, right: Columns): boolean {
  return (
    left.indices.join() === right.indices.join() &&
    left.counts.every((count, index) => isClose(count, right.counts[index] ?? Number.NaN))
  );
}

/** Equal up to a relative difference of 1e-6; NaN equals NaN. */
function isClose(left: number, right: number): boolean {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) && Number.isNaN(right);
  if (left === right) return true;
  const sizes = Math.abs(left) + Math.abs(right);
  const difference = Math.abs(left - right);
  if (left === 0 || right === 0 || sizes < NORMAL_MIN) return difference < TOLERANCE * NORMAL_MIN;
  return difference / Math.min(sizes, Number.MAX_VALUE) < TOLERANCE;
}
