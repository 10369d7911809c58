import { describe, expect, test } from 'vitest';

import {
  binCounts,
  hellingerDistance,
  jensenShannonDistance,
  ksNumerator,
  populationStabilityIndex,
  quantileEdges,
  SeededRandom,
  standardNormal,
} from '@telltale/statistics';
import {
  DRIFT_DEFAULTS,
  DriftMonitor,
  type DriftOptions,
  type DriftTransition,
  decisionWarning,
  falseAlarmShare,
  type ThresholdMetric,
} from '@telltale/instrumentation-drift';

import { expectClose, golden, hasGolden } from '../../../src/statistics/golden.ts';

const KEY = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;

interface GoldenRate {
  readonly metric: string;
  readonly m: number;
  readonly n: number;
  readonly bins?: number;
  readonly threshold: number;
  readonly rate: number;
}

describe('falseAlarmShare()', () => {
  test.skipIf(!hasGolden)('the golden rates of every naive rule', () => {
    const rows = golden<readonly GoldenRate[]>('naiveRuleFalseAlarmPerWindow');
    expect(rows.length).toBeGreaterThan(5);
    for (const { metric, m, n, bins = 10, threshold, rate } of rows) {
      const name = (metric === 'ks_d' ? 'ks' : metric) as ThresholdMetric;
      const share = falseAlarmShare({ metric: name, threshold, baseline: m, window: n, bins });
      expectClose(share, rate, 1e-9);
    }
  });

  test('windows of the same distribution exceed as often as computed', () => {
    const random = new SeededRandom(1);
    const draws = 500;
    const thresholds = { js: 0.08, psi: 0.03, hellinger: 0.06, ks: 0.06 };
    const hits = { js: 0, psi: 0, hellinger: 0, ks: 0 };
    const metrics = Object.keys(hits) as (keyof typeof hits)[];
    for (let draw = 0; draw < draws; draw += 1) {
      const distances = distancesOfTwo(random);
      for (const metric of metrics) {
        if (distances[metric] > thresholds[metric]) hits[metric] += 1;
      }
    }
    const strays = metrics.filter((metric) => {
      const threshold = thresholds[metric];
      const share = falseAlarmShare({ metric, threshold, baseline: 400, window: 400 });
      const error = 4 * Math.sqrt((share * (1 - share)) / draws) + 0.03;
      return Math.abs(hits[metric] / draws - share) > error;
    });
    expect(strays).toEqual([]);
  });
});

/** The metrics of a fresh baseline and window of 400 each. */
function distancesOfTwo(random: SeededRandom) {
  const draw = () => Float64Array.from({ length: 400 }, () => random.next()).sort();
  const baseline = draw();
  const window = draw();
  const edges = quantileEdges(baseline, 10);
  const counts = [binCounts(edges, baseline), binCounts(edges, window)] as const;
  return {
    js: jensenShannonDistance(...counts) ?? 0,
    psi: populationStabilityIndex(...counts) ?? 0,
    hellinger: hellingerDistance(...counts) ?? 0,
    ks: ksNumerator(baseline, window) / 400 ** 2,
  };
}

describe('decisionWarning()', () => {
  const of = (options: Partial<DriftOptions>): string | undefined =>
    decisionWarning({ ...DRIFT_DEFAULTS, ...options });

  test.for<readonly [Partial<DriftOptions>, string | undefined]>([
    [{}, undefined],
    [
      { decision: 'threshold', metric: 'js' },
      'drift: js > 0.05 with baseline 1000, window 1000, 10 bins is exceeded by 64 % of windows without drift',
    ],
    [
      { decision: 'threshold', metric: 'psi', driftThreshold: 0.04 },
      'drift: psi > 0.04 with baseline 1000, window 1000, 10 bins is exceeded by 1.8 % of windows without drift',
    ],
    [
      { decision: 'threshold', metric: 'ks' },
      'drift: ks > 0.05 with baseline 1000, window 1000 is exceeded by 15 % of windows without drift',
    ],
    [
      { decision: 'threshold', metric: 'ks_p', window: 500 },
      'drift: ks_p < 0.05 with baseline 1000, window 500 is exceeded by 5 % of windows without drift',
    ],
    [
      { decision: 'threshold', metric: 'psi', driftThreshold: 0.5 },
      'drift: psi > 0.5 with baseline 1000, window 1000, 10 bins is exceeded by less than 0.1 % of windows without drift',
    ],
  ])('%j', ([options, sentence]) => {
    expect(of(options)).toBe(sentence);
  });
});

describe('decision: threshold', () => {
  const metrics: readonly ThresholdMetric[] = ['psi', 'js', 'hellinger', 'ks', 'ks_p'];

  function watching(metric: ThresholdMetric, kind: 'numeric' | 'categorical' = 'numeric') {
    // A promise that no evidence can reach within the test: only the comparison decides.
    const monitor = new DriftMonitor({
      decision: 'threshold',
      metric,
      falseAlarmEvery: 1e290,
      thinning: 1,
      now: () => 1e12,
    });
    const transitions: DriftTransition[] = [];
    monitor.onTransition((transition) => transitions.push(transition));
    return { monitor, stream: monitor.stream(KEY, kind), transitions };
  }

  test.for(metrics)('%s: a shift alarms without evidence and ends after it', (metric) => {
    const random = new SeededRandom(2);
    const { monitor, stream, transitions } = watching(metric);
    const state = (): string | undefined => monitor.find(KEY)?.state;
    for (let index = 0; index < 3000; index += 1) stream.observe(standardNormal(random));
    for (let index = 0; index < 1500; index += 1) stream.observe(standardNormal(random) + 1);
    expect(state()).toBe('alert');
    expect(transitions.at(-1)?.evidence).toBeLessThan(transitions.at(-1)?.threshold ?? 0);
    expect(monitor.status()[0]?.reason).toBe('over_threshold');
    const alerted = transitions.length;
    for (let index = 0; index < 6000; index += 1) stream.observe(standardNormal(random));
    expect(transitions.slice(alerted).map(({ to }) => to)).toContain('stable');
  });

  test.for(metrics)('%s: categories', (metric) => {
    const random = new SeededRandom(3);
    const { monitor, stream } = watching(metric, 'categorical');
    const draw = (share: number): string => (random.next() < share ? 'a' : 'b');
    for (let index = 0; index < 2500; index += 1) stream.observe(draw(0.5));
    for (let index = 0; index < 1500; index += 1) stream.observe(draw(0.9));
    expect(monitor.find(KEY)?.state).toBe('alert');
  });

  test('the naive rule cries wolf, as its warning says', () => {
    const random = new SeededRandom(4);
    const { stream, transitions } = watching('js');
    for (let index = 0; index < 10_000; index += 1) stream.observe(standardNormal(random));
    expect(transitions.map(({ to }) => to)).toContain('drift');
  });

  test('a snapshot goes on bit by bit', () => {
    const random = new SeededRandom(5);
    const { monitor, stream } = watching('psi');
    for (let index = 0; index < 2500; index += 1) stream.observe(standardNormal(random));
    const copy = new DriftMonitor(monitor.options);
    expect(copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    const other = copy.stream(KEY, 'numeric');
    for (let index = 0; index < 1500; index += 1) {
      const value = standardNormal(random) + 0.5;
      stream.observe(value);
      other.observe(value);
    }
    expect(copy.snapshot()).toEqual(monitor.snapshot());
    expect(monitor.find(KEY)?.state).not.toBe('stable');
  });
});
