import { DEFAULT_FEATURES, type PromqlFeatures } from '../../../collector/src/promql/features.ts';

/** Everything that is experimental switched on. */
export const ALL_FEATURES: PromqlFeatures = Object.freeze(
  Object.fromEntries(Object.keys(DEFAULT_FEATURES).map((name) => [name, true])),
) as unknown as PromqlFeatures;
