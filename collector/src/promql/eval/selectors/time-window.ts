import type { TimeModifiers } from '../../ast.ts';
import { resolveOffset } from '../durations.ts';
import type { Scope } from '../query.ts';
import { stepTimeMs } from '../query.ts';

/** Where a selector looks at each step, `offset` and `@` applied. */
export interface ReferenceTimes {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The distance between two steps; 0 when the selector is pinned with `@`. */
  readonly stepMs: number;
}

export function referenceTimes(modifiers: TimeModifiers, { query, grid }: Scope): ReferenceTimes {
  const offsetMs = resolveOffset(modifiers.offset, query.times);
  const pinnedMs = pinnedTimeMs(modifiers, query.times);
  if (pinnedMs !== undefined) {
    return { firstMs: pinnedMs - offsetMs, lastMs: pinnedMs - offsetMs, stepMs: 0 };
  }
  return {
    firstMs: grid.startMs - offsetMs,
    lastMs: stepTimeMs(grid, grid.count - 1) - offsetMs,
    stepMs: grid.stepMs,
  };
}

function pinnedTimeMs(
  { at }: TimeModifiers,
  times: { readonly startMs: number; readonly endMs: number },
): number | undefined {
  if (at === undefined) return undefined;
  if (at.kind === 'timestamp') return at.timestampMs;
  return at.kind === 'start' ? times.startMs : times.endMs;
}
