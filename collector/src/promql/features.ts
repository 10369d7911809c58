/**
 * Switches for the experimental parts of PromQL, one for each `--enable-feature` of Prometheus.
 * What is switched off is refused at its position, never evaluated in some other way.
 */
export interface PromqlFeatures {
  /** The functions and aggregations that Prometheus marks as experimental. */
  readonly experimentalFunctions: boolean;
  /** Arithmetic, `step()` and `range()` where a duration stands. */
  readonly durationExpressions: boolean;
  /** `anchored` and `smoothed` range selectors. */
  readonly extendedRangeSelectors: boolean;
  /** `fill()`, `fill_left()` and `fill_right()` of binary operators. */
  readonly fillModifiers: boolean;
  /** Functions drop the name at the end of the query, not at once. */
  readonly delayedNameRemoval: boolean;
  /** `__type__` and `__unit__` are part of a metric's identity. */
  readonly typeAndUnitLabels: boolean;
  /** `rate` and its kin read start timestamps. */
  readonly startTimestamps: boolean;
}

/** What Prometheus 3.14 does without any flag: duration expressions are no longer behind one. */
export const DEFAULT_FEATURES: PromqlFeatures = Object.freeze({
  experimentalFunctions: false,
  durationExpressions: true,
  extendedRangeSelectors: false,
  fillModifiers: false,
  delayedNameRemoval: false,
  typeAndUnitLabels: false,
  startTimestamps: false,
});

/** The names under which Prometheus knows the switches. */
export const FEATURE_NAMES: Readonly<Record<keyof PromqlFeatures, string>> = Object.freeze({
  experimentalFunctions: 'promql-experimental-functions',
  durationExpressions: 'promql-duration-expr',
  extendedRangeSelectors: 'promql-extended-range-selectors',
  fillModifiers: 'promql-binop-fill-modifiers',
  delayedNameRemoval: 'promql-delayed-name-removal',
  typeAndUnitLabels: 'type-and-unit-labels',
  startTimestamps: 'use-start-timestamps',
});
