import { expect, test } from 'vitest';

import type { ModelInfo, OutputMapping, TensorLike } from '@telltale/instrumentation-onnxruntime';

import { outputReaderOf } from '../../../../../src/telltale/src/record/automatic/output-reader.ts';
import { RowReader } from '../../../../../src/telltale/src/record/automatic/rows.ts';

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
      { outcome: 'ok', confidence: 0.75, decision: { score: 0.25, isPositive: false } },
      { outcome: 'ok', confidence: 0.5, decision: { score: 0.5, isPositive: false } },
    ],
  ],
  [
    'logits that would overflow',
    { tensor: 'p', kind: 'logits', labels },
    { p: float([1, 2], [1_000, 1_000]) },
    [{ outcome: 'ok', confidence: 0.5, decision: { score: 0.5, isPositive: false } }],
  ],
  [
    'a score',
    { tensor: 'p', kind: 'score', labels, positive: 'bad', threshold: 0.25 },
    { p: float([3, 1], [0.25, 0.125, 1]) },
    [
      { outcome: 'bad', confidence: 0.25, decision: { score: 0.25, isPositive: true } },
      { outcome: 'ok', confidence: 0.875, decision: { score: 0.125, isPositive: false } },
      { outcome: 'bad', confidence: 1, decision: { score: 1, isPositive: true } },
    ],
  ],
  [
    'a score before the logistic function',
    { tensor: 'p', kind: 'score', sigmoid: true },
    { p: float([1], [0]) },
    [{ outcome: 'positive', confidence: 0.5, decision: { score: 0.5, isPositive: true } }],
  ],
  [
    'class numbers with scores',
    { tensor: 'c', kind: 'class', score: 'p', labels },
    { c: { type: 'int64', dims: [1], data: BigInt64Array.of(1n) }, p: float([1, 2], [0.25, 0.75]) },
    [{ outcome: 'bad', confidence: 0.75, decision: { score: 0.75, isPositive: true } }],
  ],
  [
    'class names alone',
    { tensor: 'c', kind: 'class' },
    { c: { type: 'string', dims: [2], data: ['spam', 'ham'] } },
    [{ outcome: 'spam' }, { outcome: 'ham' }],
  ],
  ['no rows', { tensor: 'p', kind: 'probabilities' }, { p: float([0, 2], []) }, []],
] as const)('RowReader reads %s', ([, mapping, results, expected]) => {
  const reader = new RowReader({ ...mapping, isGuess: false } as never);
  expect(reader.read(results as never)).toEqual({ rows: expected, rest: new Map(), invalid: 0 });
});

test.for([
  ['an output that was not fetched', {}],
  ['an output off the CPU', { p: { ...float([1, 2], [0, 1]), location: 'gpu-buffer' } }],
] as const)('RowReader reads nothing from %s', ([, results]) => {
  const reader = new RowReader({ tensor: 'p', kind: 'probabilities', isGuess: false });
  expect(reader.read(results)).toBe('none');
});

test.for([
  ['a row that does not add up', float([1, 2], [0.5, 0.4])],
  ['a negative value', float([1, 2], [-0.5, 1.5])],
  ['a shape that is not the data', float([5, 2], [0, 1])],
] as const)('RowReader of a guess gives up on %s', ([, tensor]) => {
  const reader = new RowReader({ tensor: 'p', kind: 'probabilities', isGuess: true });
  expect(reader.read({ p: tensor })).toBeUndefined();
});

test.for([
  ['at first', []],
  ['after good rows', [float([1, 2], [0.5, 0.5])]],
] as const)('RowReader of a guess counts a row of NaN as invalid %s', ([, before]) => {
  const reader = new RowReader({ tensor: 'p', kind: 'probabilities', isGuess: true });
  for (const tensor of before) reader.read({ p: tensor });
  const read = reader.read({ p: float([2, 2], [Number.NaN, 1, 0.25, 0.75]) });
  expect(read).toMatchObject({ rows: [{ outcome: '1', confidence: 0.75 }], invalid: 1 });
});

test('RowReader counts a row that does not add up as invalid once the guess was right', () => {
  const reader = new RowReader({ tensor: 'p', kind: 'probabilities', isGuess: true });
  reader.read({ p: float([1, 2], [0.5, 0.5]) });
  expect(reader.read({ p: float([1, 2], [0.5, 0.4]) })).toMatchObject({ rows: [], invalid: 1 });
});

test('RowReader counts the outcomes of all rows, the details of 1024', () => {
  const tensor = float(
    [3_000, 2],
    Array.from({ length: 6_000 }, (_, i) => i % 2),
  );
  const reader = new RowReader({ tensor: 'p', kind: 'probabilities', isGuess: true });
  const read = reader.read({ p: tensor });
  expect(read).toMatchObject({ rest: new Map([['1', 1_976]]), invalid: 0 });
  expect(read).toHaveProperty('rows.length', 1_024);
});

const string = (...values: readonly string[]): TensorLike => ({
  type: 'string',
  dims: [values.length],
  data: values,
});
const int = (...values: readonly number[]): TensorLike => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

test.for([
  ['numbers of the columns', int(1, 0), [0.7, 0.3, 0.9, 0.1], [0.3, 0.9]],
  ['other numbers', int(1, -1), [0.7, 0.3, 0.9, 0.1], [0.3, 0.9]],
  ['numbers from 1', int(2, 1), [0.7, 0.3, 0.9, 0.1], [0.3, 0.9]],
  ['names', string('fraud', 'ok'), [0.7, 0.3, 0.9, 0.1], [0.3, 0.9]],
  ['names in the other order', string('fraud', 'ok'), [0.3, 0.7, 0.1, 0.9], [0.3, 0.9]],
  ['one name alone', string('ok', 'ok'), [0.7, 0.3, 0.9, 0.1], [0.7, 0.9]],
] as const)('RowReader gives a thresholded label its own confidence: %s', ([, label, p, own]) => {
  const reader = new RowReader({ tensor: 'label', kind: 'class', score: 'p', isGuess: true });
  const read = reader.read({ label, p: float([2, 2], p) });
  if (read === undefined || read === 'none') throw new TypeError('Cannot read the rows');
  const confidences = read.rows.map(({ confidence = Number.NaN }) => confidence);
  for (const [row, value] of own.entries()) expect(confidences[row]).toBeCloseTo(value, 6);
});
