import { type LogRecord, logs } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { buildBaseline, fitCalibration, SeededRandom } from '@telltale/statistics';
import {
  DriftMonitor,
  driftRoutes,
  modelPerformance,
  publishDrift,
  type RealisedPerformance,
} from '@telltale/instrumentation-drift';

const SCORE = { model: 'fraud', version: '7', name: 'score', direction: 'output' } as const;

const records: LogRecord[] = [];
beforeEach(() => {
  records.length = 0;
  logs.setGlobalLoggerProvider({
    getLogger: () => ({ emit: (record: LogRecord) => records.push(record), enabled: () => true }),
  });
});
afterEach(() => logs.disable());

/** Scores that say too much: the probability of the positive class is much nearer to one half. */
function overconfident(count: number, seed: number) {
  const random = new SeededRandom(seed);
  const scores = Array.from({ length: count }, () => random.next());
  const labels = scores.map((score) => (random.next() < 0.3 + 0.4 * score ? 1 : 0));
  const accuracy =
    scores.filter((score, row) => (score >= 0.5 ? 1 : 0) === labels[row]).length / count;
  return { scores, labels, accuracy };
}

function monitorOf({ isCalibrated }: { readonly isCalibrated: boolean }) {
  const clock = { nowMs: 1e12 };
  const monitor = new DriftMonitor({ now: () => clock.nowMs });
  const stream = monitor.stream(SCORE, 'score');
  const { scores, labels } = overconfident(5000, 1);
  const fit = fitCalibration(scores, labels, new SeededRandom(2));
  const baseline = buildBaseline(
    { kind: 'score', values: scores, outcomes: scores.map(() => 0) },
    {
      key: SCORE,
      source: 'training',
      createdMs: 0,
      thinning: 1,
      quality: 'ok',
      random: new SeededRandom(3),
      calibration: isCalibrated ? fit?.knots : undefined,
    },
  );
  monitor.find(SCORE)?.adopt(baseline);
  const observe = (values: readonly number[]): void => {
    for (const value of values) stream.observe(value);
  };
  return { monitor, observe, clock };
}

describe('modelPerformance()', () => {
  test.for([
    { isCalibrated: true, method: 'cbpe', errorMax: 0.05 },
    { isCalibrated: false, method: 'cbpe_uncalibrated', errorMax: 1 },
  ])('with calibration $isCalibrated: $method', ({ isCalibrated, method, errorMax }) => {
    const { monitor, observe } = monitorOf({ isCalibrated });
    const { scores, accuracy } = overconfident(1000, 9);
    observe(scores);
    const [found] = modelPerformance(monitor);
    expect(found).toMatchObject({ model: 'fraud', version: '7', stream: 'score', realised: null });
    expect(new Set(found?.estimated.map((rate) => rate.method))).toEqual(new Set([method]));
    const promised = found?.estimated.find(({ metric }) => metric === 'accuracy')?.value ?? 0;
    expect(Math.abs(promised - accuracy)).toBeLessThan(errorMax);
    expect(Math.abs(promised - accuracy) > 0.1).toBe(!isCalibrated);
  });

  test.for<{ name: string; realised: RealisedPerformance[]; expected: object }>([
    {
      name: 'as promised',
      realised: [{ model: 'fraud', version: '7', sampleCount: 500, accuracy: 0.6 }],
      expected: { labelled: 500, isConceptDrift: false },
    },
    {
      name: 'far below',
      realised: [{ model: 'fraud', version: '7', sampleCount: 500, accuracy: 0.4 }],
      expected: { labelled: 500, isConceptDrift: true },
    },
    {
      name: 'its own version wins',
      realised: [
        { model: 'fraud', version: '', sampleCount: 500, accuracy: 0.4 },
        { model: 'fraud', version: '7', sampleCount: 600, accuracy: 0.6 },
      ],
      expected: { labelled: 600, isConceptDrift: false },
    },
    {
      name: 'any version where feedback knows none',
      realised: [{ model: 'fraud', version: '', sampleCount: 500, accuracy: 0.4 }],
      expected: { labelled: 500, isConceptDrift: true },
    },
    {
      name: 'too few labels',
      realised: [{ model: 'fraud', version: '7', sampleCount: 99, accuracy: 0.4 }],
      expected: { labelled: 99, isConceptDrift: undefined },
    },
    {
      name: 'another model',
      realised: [{ model: 'other', version: '7', sampleCount: 500, accuracy: 0.4 }],
      expected: { labelled: undefined, isConceptDrift: undefined },
    },
    {
      name: 'no label at all',
      realised: [{ model: 'fraud', version: '7', sampleCount: 0 }],
      expected: { labelled: undefined, isConceptDrift: undefined },
    },
  ])('feedback: $name', ({ realised, expected }) => {
    const { monitor, observe } = monitorOf({ isCalibrated: true });
    observe(overconfident(1000, 9).scores);
    const [found] = modelPerformance(monitor, { realised: () => realised });
    expect({
      labelled: found?.realised?.labelled,
      isConceptDrift: found?.gap?.isConceptDrift,
    }).toEqual(expected);
  });

  test('stands in the answer about all streams', async () => {
    const { monitor, observe } = monitorOf({ isCalibrated: true });
    observe(overconfident(1000, 9).scores);
    const realised = [{ model: 'fraud', version: '7', sampleCount: 500, accuracy: 0.4 }];
    const [all] = driftRoutes(monitor, { realised: () => realised });
    const ask = async (query: string): Promise<unknown> => {
      const answer = await all?.handle({
        method: 'GET',
        path: '/monitoring/drift',
        query: new URLSearchParams(query),
        headers: {},
      });
      return JSON.parse(answer?.body ?? '');
    };
    expect(await ask('')).toMatchObject({
      performance: [{ model: 'fraud', gap: { isConceptDrift: true } }],
    });
    expect(await ask('model=other')).toMatchObject({ streams: [], performance: [] });
  });
});

describe('concept drift', () => {
  test('is told once, and again after they agreed', () => {
    const { monitor, observe, clock } = monitorOf({ isCalibrated: true });
    const { scores } = overconfident(1000, 9);
    const feedback = { accuracy: 0.6 };
    const publication = publishDrift(monitor, {
      realised: () => [{ model: 'fraud', version: '7', sampleCount: 400, ...feedback }],
    });
    const told = (): number =>
      records.filter(({ eventName }) => eventName === 'ml.drift.concept').length;
    const after = (accuracy: number, minutes: number): number => {
      feedback.accuracy = accuracy;
      clock.nowMs += minutes * 60_000;
      observe(scores.slice(0, 100));
      return told();
    };
    observe(scores);
    expect([
      after(0.6, 1),
      after(0.4, 0.5),
      after(0.4, 0.5),
      after(0.4, 1),
      after(0.6, 1),
      after(0.4, 1),
      after(0.4, -600),
    ]).toEqual([0, 0, 1, 1, 1, 2, 2]);
    expect(records.find(({ eventName }) => eventName === 'ml.drift.concept')).toMatchObject({
      severityNumber: 13,
      body: expect.stringMatching(
        /^fraud: accuracy 0\.400 over 400 labelled predictions, where its confidences promise 0\.[56]\d\d$/u,
      ),
      attributes: {
        'ml.model.name': 'fraud',
        'ml.model.version': '7',
        'ml.performance.method': 'cbpe',
        'ml.performance.realised': 0.4,
        'ml.performance.labelled': 400,
      },
    });
    publication.stop();
    expect(after(0.6, 1) + after(0.4, 1)).toBe(4);
  });
});
