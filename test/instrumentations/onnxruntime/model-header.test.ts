import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bufferSource } from '../../../instrumentations/onnxruntime/src/model-file/bytes.ts';
import { readModelHeader } from '../../../instrumentations/onnxruntime/src/model-file/header.ts';
import { buildModel, irisModel, matMulChainModel } from '../../support/onnx-models.ts';

const iris = irisModel();
const irisHeader = {
  irVersion: 8,
  producerName: 'test-gen',
  producerVersion: '1',
  domain: 'ex',
  modelVersion: 3,
  opset: 13,
  graphBytes: 256,
  metadata: { model_name: 'iris-linear' },
};

test('the iris model is the one that the expected values are for', () => {
  const sha256 = createHash('sha256').update(iris).digest('hex');
  expect([iris.length, sha256]).toEqual([
    313,
    '12d8ac7954eb9d4b1f175cd6e98476c952cfce47ac49aabb6b57b7512306a03d',
  ]);
});

test('readModelHeader() reads everything but the graph', () => {
  expect(readModelHeader(bufferSource(iris))).toEqual(irisHeader);
});

test('readModelHeader() of iris cut at any byte is nothing or a part of the truth', () => {
  const wrong: number[] = [];
  let whole = 0;
  for (let length = 0; length < iris.length; length++) {
    const header = readModelHeader(bufferSource(iris.subarray(0, length)));
    if (header === undefined) continue;
    whole++;
    const { opset = 13, metadata, ...rest } = header;
    const { opset: _, metadata: __, ...expected } = irisHeader;
    const isTrue =
      opset === 13 &&
      JSON.stringify(rest) === JSON.stringify(expected) &&
      (metadata['model_name'] ?? 'iris-linear') === 'iris-linear';
    if (!isTrue) wrong.push(length);
  }
  expect(wrong).toEqual([]);
  // Only cuts between top-level fields behind the graph leave a well-formed message.
  expect(whole).toBe(2);
});

test('readModelHeader() never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const header = readModelHeader(bufferSource(bytes));
      return header === undefined || header.irVersion > 0;
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

test('readModelHeader() never throws when bytes of a model change', () => {
  fc.assert(
    fc.property(
      fc.nat(iris.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(iris.length - 1),
      (at, value, other) => {
        const bytes = Uint8Array.from(iris);
        bytes[at] = value;
        bytes[other] = 255 - value;
        readModelHeader(bufferSource(bytes));
        return true;
      },
    ),
    { numRuns: 2_000, seed: 7 },
  );
});

test('readModelHeader() skips a large graph: it reads 128 KiB at most', () => {
  const bytes = matMulChainModel(2, 512); // one MiB of weights
  let read = 0;
  const header = readModelHeader({
    size: bytes.length,
    read: (from, length) => {
      const part = bytes.subarray(from, from + length);
      read += part.length;
      return part;
    },
  });
  expect(header).toMatchObject({ irVersion: 8, opset: 13 });
  expect(read).toBeLessThanOrEqual(2 * 64 * 1024);
});

test('readModelHeader() takes the operator set of the default domain only', () => {
  const bytes = buildModel({
    name: 'x',
    inputs: [],
    outputs: [],
    nodes: [],
    opset: 15,
    mlOpset: 3,
  });
  expect(readModelHeader(bufferSource(bytes))).toMatchObject({ opset: 15, modelVersion: 0 });
});
