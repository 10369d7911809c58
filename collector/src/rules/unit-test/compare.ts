import { formatHistogramNotation } from '../../model/histogram/format.ts';
import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import { compareUtf8, Labels } from '../../model/labels.ts';
import type { Alert } from '../alert/alert-state.ts';
import type { ExpectedAlert } from './unit-test.ts';

/** Alerts sorted by their labels, then by their annotations. */
export function sortAlerts(alerts: readonly ExpectedAlert[]): readonly ExpectedAlert[] {
  return alerts.toSorted((left, right) => {
    const byLabels = Labels.compare(Labels.of(left.labels), Labels.of(right.labels));
    if (byLabels !== 0) return byLabels;
    return Labels.compare(Labels.of(left.annotations), Labels.of(right.annotations));
  });
}

export function shownAlert({ labels, annotations }: Alert): ExpectedAlert {
  return { labels: labels.toRecord(), annotations };
}

/** Whether two sorted lists are the same alerts. */
export function areAlertsEqual(
  expected: readonly ExpectedAlert[],
  got: readonly ExpectedAlert[],
): boolean {
  return alertKey(expected) === alertKey(got);
}

function alertKey(alerts: readonly ExpectedAlert[]): string {
  const pairs = (record: Readonly<Record<string, string>>): readonly (readonly string[])[] => {
    return Object.entries(record).sort(([left], [right]) => compareUtf8(left, right));
  };
  return JSON.stringify(
    alerts.map(({ labels, annotations }) => [pairs(labels), pairs(annotations)]),
  );
}

/** A result of an expression, or what was expected of it. */
export interface TestSample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram?: NativeHistogram;
}

export function sortSamples(samples: readonly TestSample[]): readonly TestSample[] {
  return samples.toSorted((left, right) => Labels.compare(left.labels, right.labels));
}

/** Whether two sorted lists are the same samples; like upstream, NaN equals nothing. */
export function areSamplesEqual(
  expected: readonly TestSample[],
  got: readonly TestSample[],
  isFuzzy: boolean,
): boolean {
  if (expected.length !== got.length) return false;
  return expected.every((sample, index) => {
    const other = got[index];
    return other !== undefined && isSampleEqual(sample, other, isFuzzy);
  });
}

function isSampleEqual(left: TestSample, right: TestSample, isFuzzy: boolean): boolean {
  if (!left.labels.equals(right.labels)) return false;
  if (left.histogram !== undefined || right.histogram !== undefined) {
    return notationOf(left.histogram) === notationOf(right.histogram);
  }
  return left.value === right.value || (isFuzzy && areNeighbours(left.value, right.value));
}

function notationOf(histogram: NativeHistogram | undefined): string {
  return histogram === undefined ? '' : formatHistogramNotation(histogram);
}

/** Whether no float lies between the two. */
function areNeighbours(left: number, right: number): boolean {
  return ordinal(left) - ordinal(right) === 1n || ordinal(right) - ordinal(left) === 1n;
}

/** Maps floats to integers in the same order, one step a float. */
function ordinal(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}
