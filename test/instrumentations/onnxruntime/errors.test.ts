import { expect, test } from 'vitest';

import {
  classifyError,
  exceptionType,
  failedOperator,
  safeMessage,
} from '../../../instrumentations/onnxruntime/src/errors.ts';

test.for([
  ['Failed to allocate memory for requested buffer of size 17592186044416', 'out_of_memory'],
  [
    "Non-zero status code returned while running Expand node. Name:'e' Failed to allocate memory for requested buffer",
    'out_of_memory',
  ],
  ['std::bad_alloc', 'out_of_memory'],
  ['CUDA out of memory', 'out_of_memory'],
  ['CUBLAS_STATUS_ALLOC_FAILED', 'out_of_memory'],
  ['Session already disposed.', 'session_disposed'],
  ["input 'features' is missing in 'feeds'.", 'missing_input'],
  ["input 'two\nlines' is missing in 'feeds'.", 'missing_input'],
  ['Invalid rank for input: features Got: 1 Expected: 2', 'invalid_shape'],
  ['Got invalid dimensions for input: features for the following indices', 'invalid_shape'],
  [
    'Unexpected input data type. Actual: (tensor(int32)) , expected: (tensor(float))',
    'invalid_type',
  ],
  ['not enough space: expected 4, got 0', 'invalid_type'],
  ['Tensor.data must be a typed array (4) for float16 tensors', 'invalid_type'],
  ["'fetches' contains invalid output name: nope.", 'invalid_argument'],
  ["'feeds' must be an object that use input names as keys", 'invalid_argument'],
  ["'fetches' cannot be an empty array.", 'invalid_argument'],
  ["'fetches' must be a string array or an object.", 'invalid_argument'],
  ["'options' must be an object.", 'invalid_argument'],
  ['Unexpected argument[1]: cannot be null.', 'invalid_argument'],
  ['runOptions.tag must be a string', 'invalid_argument'],
  ['profileFilePrefix is required when enableProfiling is set to true', 'invalid_argument'],
  ["Load model x.onnx failed. File doesn't exist", 'model_not_found'],
  ['ENOENT: no such file or directory', 'model_not_found'],
  ['This is an invalid model. Error No Op registered for NoSuchOp', 'model_unsupported'],
  ['ONNX Runtime only *guarantees* support for models stamped', 'model_unsupported'],
  ['Unsupported model IR version: 99, max supported IR version: 13', 'model_unsupported'],
  ['Could not find an implementation for Foo(1)', 'model_unsupported'],
  ['Failed to load model because protobuf parsing failed.', 'model_invalid'],
  ['Protobuf parsing failed.', 'model_invalid'],
  ['Model data pointer is null', 'model_invalid'],
  ['no available backend found. ERR: [nope] backend not found.', 'provider_unavailable'],
  ['Failed to load shared library libonnxruntime_providers_cuda.so', 'provider_unavailable'],
  ['Exiting due to terminate flag being set to true.', 'cancelled'],
  ['Non-zero status code returned while running Reshape node.', 'operator_failed'],
  ['Something new', '_OTHER'],
] as const)('classifyError(%s) is %s', ([message, expected]) => {
  expect(classifyError(new Error(message))).toBe(expected);
});

const hostile = {
  get message(): never {
    throw new Error('mine');
  },
  get constructor(): never {
    throw new Error('mine');
  },
};

test.for([
  [new TypeError('x'), 'invalid_argument', 'TypeError'],
  [new RangeError('x'), 'invalid_argument', 'RangeError'],
  ['Session already disposed', '_OTHER', 'string'],
  [undefined, '_OTHER', 'undefined'],
  [null, '_OTHER', 'object'],
  [{ message: 7 }, '_OTHER', 'Object'],
  [Object.create(null), '_OTHER', 'object'],
  [hostile, '_OTHER', 'object'],
] as const)('classifyError() of anything thrown', ([thrown, type, name]) => {
  const expected = thrown === 'Session already disposed' ? 'session_disposed' : type;
  expect([classifyError(thrown), exceptionType(thrown)]).toEqual([expected, name]);
});

test('classifyError() of a message of a megabyte is quick', () => {
  const startMs = performance.now();
  classifyError(new Error("input '".repeat(150_000)));
  expect(performance.now() - startMs).toBeLessThan(50);
});

test('failedOperator() is the operator that the message names', () => {
  const error = new Error("Non-zero status code returned while running Reshape node. Name:'r'");
  expect([failedOperator(error), failedOperator(new Error('x'))]).toEqual(['Reshape', undefined]);
});

test.for([
  ['Load model from /home/secret/a/fraud.onnx failed', 'Load model from fraud.onnx failed'],
  ['Load model C:\\Users\\secret\\fraud.onnx failed', 'Load model fraud.onnx failed'],
  ['at ../secret/fraud.onnx:12', 'at fraud.onnx:12'],
  ['no path in here', 'no path in here'],
] as const)('safeMessage() keeps base names only: %s', ([message, expected]) => {
  expect(safeMessage(new Error(message))).toBe(expected);
});

test('safeMessage() is at most 256 characters', () => {
  expect(safeMessage(new Error('x'.repeat(1_000))).length).toBe(256);
});
