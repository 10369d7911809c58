import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Labels } from '../../../../../collector/src/model/labels.ts';
import { evaluateInstant } from '../../../../../collector/src/promql/eval/evaluate.ts';
import type { EvaluationResult } from '../../../../../collector/src/promql/eval/values.ts';
import { parseExpr } from '../../../../../collector/src/promql/parser/parse.ts';
import { StandingPlanner } from '../../../../../collector/src/promql/standing/plan/planner.ts';
import { RetentionPlan } from '../../../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../../../collector/src/storage/series-store.ts';

const START_MS = 1_700_000_000_000;
const FUNCTIONS = ['sum', 'avg', 'min', 'max', 'count', 'last', 'present', 'stddev'] as const;

function valueOf({ value }: EvaluationResult): number | undefined {
  return value.kind === 'vector' ? value.elements[0]?.value : undefined;
}

/** Whether a standing function gives the very bits of the general one at each of many samples. */
function isBitEqual(name: string, values: readonly number[]): boolean {
  const retention = new RetentionPlan([], { retainAllMs: 100_000, marginMs: 0 });
  const store = new SeriesStore({ retention });
  store.advanceTo(START_MS);
  const expr = parseExpr(`${name}_over_time(g[30s])`);
  const query = new StandingPlanner(store).group().plan(expr);
  if ('refused' in query) throw new Error(query.refused);
  const reference = Number(store.resolve(Labels.of({ __name__: 'g' })));
  return values.every((value, index) => {
    const timeMs = START_MS + index * 2000;
    store.advanceTo(timeMs);
    store.append(reference, timeMs, value);
    const general = valueOf(evaluateInstant(expr, { source: store, timeMs }));
    return Object.is(valueOf(query.evaluate(timeMs)), general) && query.irregularCount === 0;
  });
}

const WHOLE = fc.integer({ min: -1000, max: 1000 });
const HUGE = fc.constantFrom(2 ** 40, 2 ** 41, -(2 ** 52), 1e17, 1e300, Infinity, Number.NaN);
const STREAMS = {
  'whole numbers': WHOLE,
  'whole and broken numbers': fc.oneof(
    { weight: 20, arbitrary: WHOLE },
    { weight: 1, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
    { weight: 1, arbitrary: HUGE },
  ),
  'tenths, whose sum shows every rounding': fc.integer({ min: 0, max: 20 }).map((n) => n / 10),
} satisfies Record<string, fc.Arbitrary<number>>;

describe.for(Object.entries(STREAMS))('over %s', ([, value]) => {
  test.for(FUNCTIONS)('%s_over_time() has the bits of a full read', (name) => {
    const values = fc.array(value, { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(values, (stream) => isBitEqual(name, stream)),
      { numRuns: 60 },
    );
  });
});

test('a threshold on an average of tenths is not crossed by rounding', () => {
  const store = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs: 100_000, marginMs: 0 }),
  });
  const query = new StandingPlanner(store).group().plan(parseExpr('avg_over_time(g[30s]) > 0.1'));
  if ('refused' in query) throw new Error(query.refused);
  const reference = Number(store.resolve(Labels.of({ __name__: 'g' })));
  const crossings = Array.from({ length: 500 }, (_, index) => {
    const timeMs = START_MS + index * 1000;
    store.advanceTo(timeMs);
    store.append(reference, timeMs, 0.1);
    return valueOf(query.evaluate(timeMs));
  });
  expect(crossings.filter((value) => value !== undefined)).toEqual([]);
});
