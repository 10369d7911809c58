import {
  type Baseline,
  buildBaseline,
  OUTCOME_INVALID,
  OUTCOME_OK,
  SeededRandom,
} from '@telltale/statistics';

import type { Comparison } from '../compare/comparison.ts';
import { OTHER_CATEGORIES } from '../stream/status.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';

/**
 * The window of a stream in the form of a baseline, so that it can be held against another one, such
 * as that of another version of the model. `undefined` where the window is empty.
 */
export function windowBaseline({ key, comparison, options }: StreamMonitor): Baseline | undefined {
  if (comparison === undefined || comparison.value.window.length === 0) return undefined;
  const { baseline, missing } = comparison;
  const { hits, length } = missing.window;
  const outcomes = Array.from({ length }, (_, index) =>
    index < hits ? OUTCOME_INVALID : OUTCOME_OK,
  );
  const { known, thin, designEffect } = baseline;
  return buildBaseline(
    { kind: baseline.kind, values: valuesOf(comparison), outcomes },
    {
      key,
      source: 'auto',
      createdMs: options.now(),
      thinning: 1,
      quality: 'approximate',
      random: new SeededRandom(1),
      declared: known,
      // Of a thousand values it is known worse than of the baseline.
      dependence: { thin, designEffect },
      missingDependence: { thin: 1, designEffect: missing.window.baseline.designEffect },
    },
  );
}

function valuesOf({ baseline, numbers, categories }: Comparison): readonly (number | string)[] {
  if (numbers !== undefined) return Array.from(numbers.values());
  const { known } = baseline;
  const names = known.kind === 'categories' ? [...known.names, OTHER_CATEGORIES] : [];
  return Array.from(categories?.counts() ?? []).flatMap((count, place) =>
    Array.from({ length: count }, () => names[place] ?? OTHER_CATEGORIES),
  );
}
