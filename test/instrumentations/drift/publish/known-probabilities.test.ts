import { expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';
import {
  createDriftObserver,
  DriftMonitor,
  modelPerformance,
  type RealisedPerformance,
} from '@telltale/instrumentation-drift';

interface Output {
  readonly name: string;
  readonly columns: number;
}

/** A row of numbers from 0 to 1 that add up to 1; one number alone is any of them. */
function row(columns: number, random: SeededRandom): readonly number[] {
  const parts = Array.from({ length: columns }, () => random.next());
  const sum = columns === 1 ? 1 : parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/** Streams that hold a performance after 3000 runs of a model with these outputs. */
function estimatedOf(outputs: readonly Output[], rule?: object) {
  const monitor = new DriftMonitor();
  const model = { name: 'm', version: '1', ...(rule === undefined ? {} : { rule }) };
  const observer = createDriftObserver(monitor);
  const random = new SeededRandom(5);
  for (let run = 0; run < 3_000; run += 1) {
    const results = Object.fromEntries(
      outputs.map(({ name, columns }) => {
        const data = Float32Array.from(row(columns, random));
        return [name, { type: 'float32', dims: [1, columns], data }];
      }),
    );
    observer.onRun(model, { results });
  }
  return modelPerformance(monitor).map(({ stream }) => stream);
}

test.for<[string, Output]>([
  ['a regression from 0 to 1', { name: 'variable', columns: 1 }],
  ['scores of a detector', { name: 'scores', columns: 1 }],
  ['a share', { name: 'output', columns: 1 }],
  ['attention', { name: 'attention', columns: 8 }],
  ['a mixture of topics', { name: 'topics', columns: 5 }],
  ['an output of any name', { name: 'output_0', columns: 2 }],
])('nothing is estimated from %s', ([, output]) => {
  expect(estimatedOf([output])).toEqual([]);
});

test.for<[string, Output, object | undefined, string]>([
  ['its name', { name: 'probabilities', columns: 2 }, undefined, 'probabilities.score'],
  [
    'the name of its framework',
    { name: 'softmax_0.tmp_0', columns: 3 },
    undefined,
    'softmax_0.tmp_0.confidence',
  ],
  [
    'the rule of the model',
    { name: 'output_0', columns: 2 },
    { output: { tensor: 'output_0', kind: 'probabilities' } },
    'output_0.score',
  ],
  [
    'the rule of a score',
    { name: 'y', columns: 1 },
    { output: { tensor: 'y', kind: 'score' } },
    'y',
  ],
  [
    'the rule of a class',
    { name: 'p', columns: 3 },
    { output: { tensor: 'label', kind: 'class', score: 'p' } },
    'p.confidence',
  ],
])('probabilities are known by %s', ([, output, rule, stream]) => {
  expect(estimatedOf([output], rule)).toEqual([stream]);
});

test('a rule that says the model is no classifier wins over the name', () => {
  expect(estimatedOf([{ name: 'probabilities', columns: 2 }], { output: false })).toEqual([]);
});

test('what the application declares is known', () => {
  const monitor = new DriftMonitor();
  const key = { model: 'm', version: '1', name: 'score', direction: 'output' } as const;
  const stream = monitor.stream(key, 'score');
  const random = new SeededRandom(5);
  for (let record = 0; record < 3_000; record += 1) stream.observe(random.next());
  expect(modelPerformance(monitor)).toMatchObject([{ stream: 'score' }]);
});

/** A calibrated model whose inputs have shifted: its last scores are less sure than before. */
function shifted(labelled: RealisedPerformance['labelled']) {
  const monitor = new DriftMonitor();
  const key = { model: 'm', version: '1', name: 'score', direction: 'output' } as const;
  const stream = monitor.stream(key, 'score');
  const random = new SeededRandom(5);
  for (let record = 0; record < 4_000; record += 1) {
    stream.observe((record < 2_000 ? 0.9 : 0.5) + 0.1 * random.next());
  }
  const right = labelled?.filter(({ isRight }) => isRight).length ?? 0;
  const realised: RealisedPerformance = {
    model: 'm',
    version: '1',
    sampleCount: 1_000,
    accuracy: labelled === undefined ? 0.95 : right / 1_000,
    ...(labelled === undefined ? {} : { labelled }),
  };
  return modelPerformance(monitor, { realised: () => [realised] })[0]?.gap;
}

const predicted = (confidence: number, accuracy: number) =>
  Array.from({ length: 1_000 }, (_, index) => ({ confidence, isRight: index < accuracy * 1_000 }));

test('late labels of predictions before a shift are no concept drift', () => {
  // Compared with the estimate over the last predictions they would be.
  expect(shifted(undefined)?.isConceptDrift).toBe(true);
  expect(shifted(predicted(0.95, 0.95))).toMatchObject({
    gap: expect.closeTo(0, 9),
    isConceptDrift: false,
  });
});

test('labels that break what their own confidences promised are', () => {
  expect(shifted(predicted(0.95, 0.8))).toMatchObject({
    gap: expect.closeTo(-0.15, 9),
    isConceptDrift: true,
  });
});

test('a model that is used at 0.2 and calibrated is as good as it promises', () => {
  const random = new SeededRandom(7);
  const labelled = Array.from({ length: 2_000 }, () => {
    const p = random.next() ** 2;
    const isPositive = p >= 0.2;
    const isTrue = random.next() < p;
    return { confidence: isPositive ? p : 1 - p, isRight: isPositive === isTrue, isPositive };
  });
  expect(shifted(labelled)?.isConceptDrift).toBe(false);
});

test('labels without confidences tell nothing of a promise', () => {
  expect(shifted([])).toBeNull();
});
