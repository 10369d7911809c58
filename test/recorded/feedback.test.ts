import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { feedback, predictions } from 'telltale';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { rememberModelVersion } from '../../instrumentations/onnxruntime/src/observer.ts';
import { checkFeedbackOptions } from '../../src/telltale/src/config/model-feedback.ts';
import {
  type Feedback,
  type FeedbackOptions,
} from '../../src/telltale/src/record/feedback/feedback.ts';
import {
  decisionThreshold,
  feedbackTotals,
  modelPerformance,
  realisedPerformance,
} from '../../src/telltale/src/record/feedback/feedback-performance.ts';

let provider: MeterProvider;
let exporter: InMemoryMetricExporter;

beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
});

afterEach(async () => {
  metrics.disable();
  await provider.shutdown();
});

async function pointsOf(name: string, model: string): Promise<readonly (readonly unknown[])[]> {
  exporter.reset();
  await provider.forceFlush();
  return exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    .filter(({ descriptor }) => descriptor.name === name)
    .flatMap(({ dataPoints }) => dataPoints as readonly { attributes: object; value: unknown }[])
    .map(({ attributes, value }) => [...Object.values(attributes), value])
    .filter(([of]) => of === model);
}

const performanceOf = (model: string) => modelPerformance().filter((one) => one.model === model);

describe('ids are kept for each model', () => {
  test('a truth is judged against the prediction of its model', () => {
    predictions.record({ model: 'a', version: '1', id: 'request-1', outcome: 'yes' });
    predictions.record({ model: 'b', version: '1', id: 'request-1', outcome: 'no' });
    const before = feedbackTotals().ambiguous;
    expect([
      feedback.record({ predictionId: 'request-1', actual: 'no' }),
      feedback.record({ predictionId: 'request-1', actual: 'no', model: 'b' }),
      feedback.record({ predictionId: 'request-1', actual: 'no', model: 'a' }),
      feedback.record({ predictionId: 'request-1', actual: 'no', model: 'c' }),
    ]).toEqual(['ambiguous', 'correct', 'incorrect', 'unmatched']);
    expect(feedbackTotals().ambiguous - before).toBe(1);
  });

  test('one model may predict much without the others losing anything', () => {
    predictions.record({ model: 'quiet', id: 'q', outcome: 'yes' });
    for (let index = 0; index < 10_001; index += 1) {
      predictions.record({ model: 'loud', id: `l${index}`, outcome: 'yes' });
    }
    expect(feedback.record({ predictionId: 'q', actual: 'yes' })).toBe('correct');
    expect(feedback.record({ predictionId: 'l0', actual: 'yes' })).toBe('unmatched');
  });

  test('the ledger of a model may be larger', () => {
    feedback.configure('large', { predictionsMax: 30_000 });
    for (let index = 0; index < 30_000; index += 1) {
      predictions.record({ model: 'large', id: `g${index}`, outcome: 'yes' });
    }
    expect(feedback.record({ predictionId: 'g0', actual: 'yes' })).toBe('correct');
  });
});

test.for([null, undefined, Number.NaN, Number.POSITIVE_INFINITY, '', {}, [], Symbol('x')])(
  'a truth that is none is refused and counted: %s',
  async (actual) => {
    predictions.record({ model: 'strict', version: '1', id: 's', outcome: 'yes' });
    const before = feedbackTotals().invalid;
    expect(feedback.record({ predictionId: 's', actual } as unknown as Feedback)).toBe('invalid');
    expect(feedbackTotals().invalid - before).toBe(1);
    expect(performanceOf('strict')).toEqual([]);
    expect(await pointsOf('ml.feedback.records', 'unknown')).toContainEqual([
      'unknown',
      '',
      'invalid',
      expect.any(Number),
    ]);
  },
);

describe('a truth may come before its prediction', () => {
  test('it is joined when the prediction comes', async () => {
    const before = feedbackTotals();
    expect(feedback.record({ predictionId: 'early', actual: 'yes' })).toBe('unmatched');
    expect(feedbackTotals().unmatched - before.unmatched).toBe(1);
    predictions.record({ model: 'late', version: '2', id: 'early', outcome: 'yes' });
    expect(feedbackTotals()).toMatchObject({
      unmatched: before.unmatched,
      matched: before.matched + 1,
    });
    expect(await pointsOf('ml.feedback.records', 'late')).toEqual([['late', '2', 'correct', 1]]);
    expect(feedback.record({ predictionId: 'early', actual: 'yes' })).toBe('duplicate');
  });

  test('a truth that names its model waits for that one', () => {
    feedback.record({ predictionId: 'named', actual: 'yes', model: 'mine' });
    predictions.record({ model: 'other', version: '1', id: 'named', outcome: 'no' });
    predictions.record({ model: 'mine', version: '1', id: 'named', outcome: 'yes' });
    expect(performanceOf('other')).toEqual([]);
    expect(performanceOf('mine')).toContainEqual(
      expect.objectContaining({ version: '1', sampleCount: 1, accuracy: 1 }),
    );
  });
});

describe('feedback.configure()', () => {
  test('works after the first label', async () => {
    const record = (id: string, outcome: string, actual: string): void => {
      predictions.record({ model: 'tuned', version: '1', id, outcome });
      feedback.record({ predictionId: id, actual });
    };
    record('t1', 'yes', 'yes');
    record('t2', 'yes', 'no');
    feedback.configure('tuned', { positive: 'yes', window: 3 });
    expect(performanceOf('tuned')).toMatchObject([{ sampleCount: 2, precision: 0.5, recall: 1 }]);
    record('t3', 'no', 'yes');
    record('t4', 'yes', 'yes');
    expect(performanceOf('tuned')).toMatchObject([{ sampleCount: 3, precision: 0.5, recall: 0.5 }]);
    // A correction of what was labelled before still finds its place.
    feedback.record({ predictionId: 't2', actual: 'yes' });
    expect(performanceOf('tuned')).toMatchObject([{ sampleCount: 3, precision: 1 }]);
  });

  test.for<[string, object, RegExp]>([
    ['a window of nothing', { window: 0 }, /"window" of feedback: expected a whole number/u],
    ['half a window', { window: 10.5 }, /"window"/u],
    ['a window of everything', { window: 1e9 }, /"window"/u],
    ['a class that is no text', { positive: 1 }, /"positive" of feedback: expected a text/u],
    ['time that runs back', { ttlMs: -1 }, /"ttlMs"/u],
    [
      'a threshold above 1',
      { threshold: 20 },
      /"threshold" of feedback: expected a number from 0/u,
    ],
    ['an unknown task', { task: 'ranking' }, /classification or regression/u],
    ['an unknown name', { windw: 10 }, /Cannot find an option "windw" of feedback/u],
  ])('tells %s and keeps the rest', ([name, options, message]) => {
    feedback.configure(name, { positive: 'yes', ...options } as FeedbackOptions);
    expect(checkFeedbackOptions(options).problems.join()).toMatch(message);
    predictions.record({ model: name, version: '1', id: `c-${name}`, outcome: 'yes' });
    expect(feedback.record({ predictionId: `c-${name}`, actual: 'yes' })).toMatch(
      /true_positive|^correct$/u,
    );
  });
});

test('a truth from another process joins the version that is loaded here', () => {
  rememberModelVersion('shared', '7');
  predictions.record({ model: 'shared', id: 'here', outcome: 'yes' });
  feedback.record({ predictionId: 'here', actual: 'yes' });
  feedback.record({ predictionId: 'there', actual: 'no', predicted: 'yes', model: 'shared' });
  expect(performanceOf('shared')).toMatchObject([{ version: '7', sampleCount: 2, accuracy: 0.5 }]);
});

describe('the threshold of a model', () => {
  test('is learned from what the application recorded', () => {
    feedback.configure('cut', { positive: 'fraud' });
    for (let row = 0; row < 400; row += 1) {
      const p = row / 400;
      const isFraud = p >= 0.2;
      predictions.record({
        model: 'cut',
        version: '1',
        id: `cut-${row}`,
        outcome: isFraud ? 'fraud' : 'ok',
        confidence: isFraud ? p : 1 - p,
      });
    }
    expect(decisionThreshold('cut', '1')).toBeCloseTo(0.2, 9);
    feedback.configure('cut', { positive: 'fraud', threshold: 0.3 });
    expect(decisionThreshold('cut', '1')).toBe(0.3);
  });
});

describe('a regression', () => {
  test('has errors over its window, and no accuracy', async () => {
    const pairs = [
      [10, 12],
      [20, 19],
      [30, 30],
      [44, 40],
    ] as const;
    for (let round = 0; round < 10; round += 1) {
      for (const [index, [value, actual]] of pairs.entries()) {
        const id = predictions.record({
          model: 'price',
          version: '3',
          id: `${round}-${index}`,
          value,
        });
        expect(feedback.record({ predictionId: id, actual, model: 'price' })).toBe('compared');
      }
    }
    const expected = {
      meanAbsoluteError: 7 / 4,
      rootMeanSquaredError: Math.sqrt(21 / 4),
      bias: 3 / 4,
      rSquared: 1 - 21 / (13.25 ** 2 + 6.25 ** 2 + 4.75 ** 2 + 14.75 ** 2),
    };
    const [found] = performanceOf('price');
    expect(found).toEqual({
      model: 'price',
      version: '3',
      sampleCount: 40,
      meanAbsoluteError: expect.closeTo(expected.meanAbsoluteError, 12),
      rootMeanSquaredError: expect.closeTo(expected.rootMeanSquaredError, 12),
      bias: expect.closeTo(expected.bias, 12),
      rSquared: expect.closeTo(expected.rSquared, 12),
    });
    for (const [metric, value] of [
      ['mean_absolute_error', expected.meanAbsoluteError],
      ['root_mean_squared_error', expected.rootMeanSquaredError],
      ['bias', expected.bias],
      ['r_squared', expected.rSquared],
    ] as const) {
      expect(await pointsOf(`ml.performance.${metric}`, 'price')).toEqual([
        ['price', '3', expect.closeTo(value, 12)],
      ]);
    }
    expect(await pointsOf('ml.performance.accuracy', 'price')).toEqual([]);
    expect(await pointsOf('ml.predictions', 'price')).toEqual([['price', '3', 40]]);
    expect(await pointsOf('ml.feedback.records', 'price')).toEqual([
      ['price', '3', 'compared', 40],
    ]);
    expect(realisedPerformance().find(({ model }) => model === 'price')?.labelled).toEqual([]);
  });

  test('takes numbers as text, refuses what is none, and corrects', () => {
    predictions.record({ model: 'size', version: '1', id: 'z', value: 5 });
    expect([
      feedback.record({ predictionId: 'z', actual: 'large', model: 'size' }),
      feedback.record({ predictionId: 'z', actual: '7', model: 'size' }),
      feedback.record({ predictionId: 'z', actual: 6, model: 'size' }),
    ]).toEqual(['invalid', 'compared', 'duplicate']);
    expect(performanceOf('size')).toMatchObject([{ sampleCount: 1, meanAbsoluteError: 1 }]);
  });

  test('numbers are values where the task says so, also from another process', () => {
    feedback.configure('rent', { task: 'regression' });
    predictions.record({ model: 'rent', version: '1', id: 'r', outcome: 900 });
    feedback.record({ predictionId: 'r', actual: 1_000 });
    feedback.record({
      predictionId: 'r2',
      predicted: 500,
      actual: 400,
      model: 'rent',
      version: '1',
    });
    expect(performanceOf('rent')).toMatchObject([
      { sampleCount: 2, meanAbsoluteError: 100, bias: 0 },
    ]);
  });

  test.for([Number.NaN, Number.POSITIVE_INFINITY, '5', null])(
    'a value of %s is counted as invalid',
    async (value) => {
      const model = `bad ${String(value)}`;
      predictions.record({ model, version: '1', value: value as number });
      const invalid = await pointsOf('ml.prediction.invalid', model);
      expect(invalid).toEqual([[model, '1', 'value', 1]]);
      expect(await pointsOf('ml.predictions', model)).toEqual([]);
    },
  );
});
