import type { TranslationStrategy } from '@telltale/core';

/** The `otlp:` block of the configuration: Prometheus' own settings under their own names. */
export interface TranslateOptions {
  readonly translationStrategy: TranslationStrategy;
  readonly promoteResourceAttributes: readonly string[];
  readonly promoteAllResourceAttributes: boolean;
  /** Counts only together with `promoteAllResourceAttributes`. */
  readonly ignoreResourceAttributes: readonly string[];
  readonly keepIdentifyingResourceAttributes: boolean;
  readonly convertHistogramsToNhcb: boolean;
  readonly promoteScopeMetadata: boolean;
  readonly labelNameUnderscoreSanitization: boolean;
  readonly labelNamePreserveMultipleUnderscores: boolean;
  /** Adds `__type__` and `__unit__`; a feature switch in Prometheus. */
  readonly typeAndUnitLabels: boolean;
  /** What happens to points of delta temporality, which Prometheus refuses by default. */
  readonly delta: 'to_cumulative' | 'reject';
  /** Stores the start time of each sample. PromQL looks at it only when told to. */
  readonly startTimes: boolean;
  /** How far back an instant selector looks; `target_info` gets a sample every half of it. */
  readonly lookbackMs: number;
}

export const DEFAULT_TRANSLATE_OPTIONS: TranslateOptions = Object.freeze({
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
  promoteResourceAttributes: [],
  promoteAllResourceAttributes: false,
  ignoreResourceAttributes: [],
  keepIdentifyingResourceAttributes: false,
  convertHistogramsToNhcb: false,
  promoteScopeMetadata: false,
  labelNameUnderscoreSanitization: true,
  labelNamePreserveMultipleUnderscores: true,
  typeAndUnitLabels: false,
  delta: 'to_cumulative',
  startTimes: false,
  lookbackMs: 300_000,
});
