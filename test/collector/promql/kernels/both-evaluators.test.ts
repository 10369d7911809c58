import { globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import type * as aggregation from '../../../../collector/src/promql/kernels/aggregation.ts';
import type * as matching from '../../../../collector/src/promql/kernels/matching.ts';
import type * as operators from '../../../../collector/src/promql/kernels/operators.ts';
import type { EvaluatorUnderTest } from '../../../support/promqltest/run.ts';
import { ROOT, sourcesBelow } from '../../../support/tidy/source-file.ts';

const KERNELS = 'collector/src/promql/kernels';

/** Series for all the cases; the counter falls once. */
const LOAD = `load 1m
  c_total{a="1", b="1"}  0+60x10
  c_total{a="2", b="1"}  0 30 60 10 40 70 100 130 160 190 220
  g{a="1"}  4
  g{a="2"}  9
  huge{a="1"}  1.6e308
  huge{a="2"}  1.7e308
  w_bucket{le="1"}  5
  w_bucket{le="2"}  8
  w_bucket{le="+Inf"}  10
`;

/** One change of a kernel, and a case that is right without it. */
interface Mutant {
  readonly file: string;
  readonly script: string;
  readonly mutate: (actual: unknown) => Record<string, unknown>;
}

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'losses of a counter are forgotten': {
    file: 'rate.ts',
    script: 'eval instant at 5m increase(c_total{a="2"}[5m])\n  {a="2", b="1"} 125',
    mutate: () => ({ addLosses: (change: number) => change }),
  },
  'a change is not stretched': {
    file: 'rate.ts',
    script: 'eval instant at 5m rate(c_total{a="1"}[4m30s])\n  {a="1", b="1"} 1',
    mutate: () => ({ extrapolationFactor: () => 1 }),
  },
  'a counter may come from below zero': {
    file: 'rate.ts',
    script: 'eval instant at 2m increase(c_total{a="1"}[3m])\n  {a="1", b="1"} 120',
    mutate: () => ({ shareFromZero: () => Number.NaN }),
  },
  'a bucket ends at its start': {
    file: 'bucket-quantile.ts',
    script: 'eval instant at 0m histogram_quantile(0.5, w_bucket)\n  {} 1',
    mutate: () => ({ bucketQuantile: () => 0 }),
  },
  'a sum counts': {
    file: 'aggregation.ts',
    script: 'eval instant at 0m sum(g)\n  {} 13',
    mutate: (actual) => {
      const { AGGREGATIONS } = actual as typeof aggregation;
      return { AGGREGATIONS: { ...AGGREGATIONS, sum: AGGREGATIONS.count } };
    },
  },
  'an average beyond all floats is a sum': {
    file: 'aggregation.ts',
    script: 'eval instant at 0m avg(huge)\n  {} 1.65e308',
    mutate: (actual) => {
      const { AGGREGATIONS } = actual as typeof aggregation;
      return { AGGREGATIONS: { ...AGGREGATIONS, avg: AGGREGATIONS.sum } };
    },
  },
  'the smallest is the largest': {
    file: 'aggregation.ts',
    script: 'eval instant at 0m min(g)\n  {} 4',
    mutate: (actual) => {
      const { AGGREGATIONS } = actual as typeof aggregation;
      return { AGGREGATIONS: { ...AGGREGATIONS, min: AGGREGATIONS.max } };
    },
  },
  'groups keep what they should drop': {
    file: 'matching.ts',
    script: 'eval instant at 0m sum by (b) (c_total)\n  {b="1"} 0',
    mutate: (actual) => {
      const { groupRule } = actual as typeof matching;
      return {
        groupRule: (names: readonly string[], isWithout: boolean) => groupRule(names, !isWithout),
      };
    },
  },
  'sides match on all labels': {
    file: 'matching.ts',
    script: 'eval instant at 1m c_total / on (a) g\n  {a="1"} 15\n  {a="2"} 3.3333333333333335',
    mutate: (actual) => {
      const { groupRule } = actual as typeof matching;
      return { matchRule: () => groupRule([], true) };
    },
  },
  'a result keeps its name': {
    file: 'matching.ts',
    script: 'eval instant at 0m g * on (a) group_left () c_total{b="1"}\n  {a="1"} 0\n  {a="2"} 0',
    mutate: () => ({ resultLabels: (_: unknown, [many]: readonly unknown[]) => many }),
  },
  'more is less': {
    file: 'operators.ts',
    script: 'eval instant at 0m g - on (a) g\n  {a="1"} 0\n  {a="2"} 0',
    mutate: (actual) => {
      const { operationOf } = actual as typeof operators;
      return { operationOf: () => operationOf('+', false) };
    },
  },
  'a scalar is not compared': {
    file: 'operators.ts',
    script: 'eval instant at 0m scalar(sum(g)) > bool 3\n  1',
    mutate: () => ({ scalarResult: () => 0 }),
  },
  'names stay': {
    file: 'identity.ts',
    script: 'eval instant at 1m g + g\n  {a="1"} 8\n  {a="2"} 18',
    mutate: () => ({ withoutIdentity: (labels: unknown) => labels }),
  },
};

interface Faults {
  readonly general: number;
  readonly standing: number;
}

/** How many cases of a script each evaluator answers wrongly, with the modules as they are now. */
async function countFaults(script: string): Promise<Faults> {
  vi.resetModules();
  const { GENERAL_EVALUATOR, runScript } = await import('../../../support/promqltest/run.ts');
  const { STANDING_ALONE } = await import('../../../support/promqltest/standing.ts');
  const count = (evaluator: EvaluatorUnderTest): number => {
    const results = runScript(`${LOAD}\n${script}`, evaluator);
    // A case that the standing evaluator refuses would prove nothing.
    expect(results).toHaveLength(1);
    return results.filter(({ fault }) => fault !== undefined).length;
  };
  return { general: count(GENERAL_EVALUATOR), standing: count(STANDING_ALONE) };
}

describe('a mutated kernel is seen by the tests of both evaluators', () => {
  test.for(Object.entries(MUTANTS))('%s', async ([, { file, script, mutate }]) => {
    const before = await countFaults(script);
    const path = join(ROOT, KERNELS, file);
    vi.doMock(path, async (original) => {
      const actual = await original<Record<string, unknown>>();
      return { ...actual, ...mutate(actual) };
    });
    const after = await countFaults(script).finally(() => vi.doUnmock(path));
    expect({ before, after }).toEqual({
      before: { general: 0, standing: 0 },
      after: { general: 1, standing: 1 },
    });
  });

  test('there is a mutant of every kernel', () => {
    const mutated = new Set(Object.values(MUTANTS).map(({ file }) => file));
    const kernels = globSync('*.ts', { cwd: join(ROOT, KERNELS) });
    // A cache, which has no answer of its own.
    expect([...mutated, 'derived-labels.ts'].toSorted()).toEqual(kernels.toSorted());
  });
});

describe('the import graph', () => {
  const files = sourcesBelow('collector/src/promql');

  /** The files of a folder that import a kernel, itself or by way of another kernel. */
  function importersOf(kernel: string, folders: readonly string[]): readonly string[] {
    const found = new Set([`${KERNELS}/${kernel}`]);
    for (const reached of found) {
      for (const { path, imports } of files) {
        const targets = imports.map((name) => normalize(join(dirname(path), name)));
        if (targets.includes(reached)) found.add(path);
      }
    }
    return [...found].filter((path) =>
      folders.some((folder) => path.startsWith(`collector/src/promql/${folder}/`)),
    );
  }

  test.for(globSync('*.ts', { cwd: join(ROOT, KERNELS) }))(
    '%s serves the general and the standing evaluator',
    (kernel) => {
      expect(importersOf(kernel, ['eval', 'functions'])).not.toEqual([]);
      expect(importersOf(kernel, ['standing'])).not.toEqual([]);
    },
  );
});
