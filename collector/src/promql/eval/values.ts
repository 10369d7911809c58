import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Annotation } from '../annotations.ts';

export interface ScalarValue {
  readonly kind: 'scalar';
  readonly timeMs: number;
  readonly value: number;
}

export interface StringValue {
  readonly kind: 'string';
  readonly timeMs: number;
  readonly value: string;
}

/** A float or a native histogram, never both. */
export interface Point {
  readonly timeMs: number;
  readonly value?: number;
  readonly histogram?: NativeHistogram;
}

export interface VectorElement extends Point {
  readonly labels: Labels;
}

/** One element a series at one time, in no particular order unless a function sorted them. */
export interface VectorValue {
  readonly kind: 'vector';
  readonly elements: readonly VectorElement[];
}

export interface MatrixSeries {
  readonly labels: Labels;
  /** In ascending order of time. */
  readonly points: readonly Point[];
}

/** Series in the order of their labels. */
export interface MatrixValue {
  readonly kind: 'matrix';
  readonly series: readonly MatrixSeries[];
}

export type Value = ScalarValue | StringValue | VectorValue | MatrixValue;

export interface EvaluationResult {
  readonly value: Value;
  readonly annotations: readonly Annotation[];
}
