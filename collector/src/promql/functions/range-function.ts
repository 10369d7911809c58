import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Annotation } from '../annotations.ts';
import type { Position } from '../ast.ts';
import type { RangeWindow } from './range-window.ts';

/** What a range function knows besides the samples of its window. */
export interface RangeCall {
  /** The scalar arguments at this step. */
  readonly scalars: readonly number[];
  /** Of the series' labels as they are, name included. */
  readonly metricName: string;
  /** Of the first argument, where annotations point. */
  readonly position: Position;
  /** How the selector treats samples beyond the range. */
  readonly extension: 'none' | 'anchored' | 'smoothed';
  annotate(annotation: Annotation): void;
}

/** A function of a range: one series, one window, one sample or nothing. */
export type RangeFunction = (
  window: RangeWindow,
  call: RangeCall,
) => number | NativeHistogram | undefined;
