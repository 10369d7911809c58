import { expect, test } from 'vitest';

import type { ModelInfo, OutputMapping, TensorLike } from '@telltale/instrumentation-onnxruntime';

import { outputReaderOf } from '../../../../../src/telltale/src/record/automatic/output-reader.ts';
import { readRows } from '../../../../../src/telltale/src/record/automatic/rows.ts';

const float = (dims: readonly number[], values: readonly number[]): TensorLike => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

const model = (outputs: ModelInfo['outputs'], output?: OutputMapping | false): ModelInfo => ({
  name: 'm',
  version: '1',
  inputs: [],
  outputs,
  runtimeName: 'onnxruntime-node',
  providers: ['cpu'],
  ...(output === undefined ? {} : { rule: { match: { name: 'm' }, output } }),
});

const PROBABILITIES = { name: 'probabilities', type: 'float32', dims: ['n', 3] };
const LABEL = { name: 'label', type: 'int64', dims: ['n'] };

test.for([
  ['sklearn-onnx', [LABEL, PROBABILITIES], 'class'],
  [
    'sklearn-onnx of old',
    [
      { ...LABEL, name: 'output_label' },
      { ...PROBABILITIES, name: 'output_probability' },
    ],
    'class',
  ],
  ['a softmax output', [PROBABILITIES], 'probabilities'],
  ['PaddleOCR', [{ ...PROBABILITIES, name: 'softmax_0.tmp_0' }], 'probabilities'],
  ['a regressor', [{ name: 'variable', type: 'float32', dims: ['n', 1] }], undefined],
  ['a probability of one column', [{ ...PROBABILITIES, dims: ['n', 1] }], undefined],
  ['classes of unknown number', [{ ...PROBABILITIES, dims: ['n', 'c'] }], undefined],
  ['a segmentation', [{ ...PROBABILITIES, dims: ['n', 3, 224, 224] }], undefined],
  ['logits', [{ ...PROBABILITIES, name: 'logits' }], undefined],
  ['embeddings', [{ name: 'last_hidden_state', type: 'float32', dims: ['n', 4, 384] }], undefined],
  ['two probability outputs', [PROBABILITIES, { ...PROBABILITIES, name: 'probs' }], undefined],
  [
    'probabilities among others',
    [PROBABILITIES, { name: 'state', type: 'float32', dims: [2] }],
    undefined,
  ],
  ['no metadata', [{ name: 'probabilities' }], undefined],
] as const)('outputReaderOf() of %s', ([, outputs, kind]) => {
  expect(outputReaderOf(model(outputs))?.kind).toBe(kind);
});

test('outputReaderOf() goes by the rule before anything else', () => {
  const mapping = { tensor: 'logits', kind: 'logits' } as const;
  expect(outputReaderOf(model([PROBABILITIES], mapping))).toEqual({ ...mapping, isGuess: false });
  expect(outputReaderOf(model([PROBABILITIES], false))).toBeUndefined();
});

const labels = ['ok', 'bad'];

test.for([
  [
    'probabilities',
    { tensor: 'p', kind: 'probabilities', labels },
    { p: float([2, 2], [0.75, 0.25, 0.5, 0.5]) },
    [
      { outcome: 'ok', confidence: 0.75 },
      { outcome: 'ok', confidence: 0.5 },
    ],
  ],
  [
    'logits that would overflow',
    { tensor: 'p', kind: 'logits', labels },
    { p: float([1, 2], [1_000, 1_000]) },
    [{ outcome: 'ok', confidence: 0.5 }],
  ],
  [
    'a score',
    { tensor: 'p', kind: 'score', labels, positive: 'bad', threshold: 0.25 },
    { p: float([3, 1], [0.25, 0.125, 1]) },
    [
      { outcome: 'bad', confidence: 0.25 },
      { outcome: 'ok', confidence: 0.875 },
      { outcome: 'bad', confidence: 1 },
    ],
  ],
  [
    'a score before the logistic function',
    { tensor: 'p', kind: 'score', sigmoid: true },
    { p: float([1], [0]) },
    [{ outcome: 'positive', confidence: 0.5 }],
  ],
  [
    'class numbers with scores',
    { tensor: 'c', kind: 'class', score: 'p', labels },
    { c: { type: 'int64', dims: [1], data: BigInt64Array.of(1n) }, p: float([1, 2], [0.25, 0.75]) },
    [{ outcome: 'bad', confidence: 0.75 }],
  ],
  [
    'class names alone',
    { tensor: 'c', kind: 'class' },
    { c: { type: 'string', dims: [2], data: ['spam', 'ham'] } },
    [{ outcome: 'spam' }, { outcome: 'ham' }],
  ],
  ['an output that was not fetched', { tensor: 'p', kind: 'probabilities' }, {}, []],
  [
    'an output off the CPU',
    { tensor: 'p', kind: 'probabilities' },
    { p: { ...float([1, 2], [0, 1]), location: 'gpu-buffer' } },
    [],
  ],
  ['no rows', { tensor: 'p', kind: 'probabilities' }, { p: float([0, 2], []) }, []],
] as const)('readRows() of %s', ([, mapping, results, expected]) => {
  const read = readRows({ ...mapping, isGuess: false } as never, results as never);
  expect(read).toEqual({ rows: expected, dropped: 0 });
});

test.for([
  ['a row that does not add up', float([1, 2], [0.5, 0.4])],
  ['a negative value', float([1, 2], [-0.5, 1.5])],
  ['NaN', float([1, 2], [Number.NaN, 1])],
  ['a shape that is not the data', float([5, 2], [0, 1])],
] as const)('readRows() of a guess gives up on %s', ([, tensor]) => {
  const reader = { tensor: 'p', kind: 'probabilities', isGuess: true } as const;
  expect(readRows(reader, { p: tensor })).toBeUndefined();
});

test('readRows() reads 64 rows at most and tells how many it left', () => {
  const tensor = float(
    [100, 2],
    Array.from({ length: 200 }, (_, i) => i % 2),
  );
  const read = readRows({ tensor: 'p', kind: 'probabilities', isGuess: true }, { p: tensor });
  expect([read?.rows.length, read?.dropped]).toEqual([64, 36]);
});
