import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { ModelRegistry } from '../../../instrumentations/onnxruntime/src/model/model-registry.ts';
import { modelId } from '../../../instrumentations/onnxruntime/src/model-file/bytes.ts';
import {
  type IdentityOptions,
  identify,
  type ModelSource,
  readContent,
} from '../../../instrumentations/onnxruntime/src/model-file/identity.ts';
import { nameFromPath } from '../../../instrumentations/onnxruntime/src/model-file/path-name.ts';
import { irisModel } from '../../support/onnx-models.ts';

test.for([
  [
    '/home/u/.cache/huggingface/hub/models--Xenova--bert-base/snapshots/0123456789abcdef/onnx/model.onnx',
    { name: 'Xenova/bert-base', version: '01234567' },
  ],
  ['models--gpt2/snapshots/abc/model.onnx', { name: 'gpt2', version: 'abc' }],
  ['/cache/Xenova/distilbert-sst2/onnx/model_quantized.onnx', { name: 'Xenova/distilbert-sst2' }],
  ['./models/tiny/onnx/model.onnx', { name: 'tiny' }],
  ['/srv/repository/fraud/3/model.onnx', { name: 'fraud', version: '3' }],
  ['/srv/fraud/model.onnx', { name: 'fraud' }],
  ['/srv/fraud/model_int8.onnx', { name: 'fraud' }],
  ['/srv/fraud-v4/model.onnx', { name: 'fraud', version: '4' }],
  ['/srv/models/model.onnx', { name: 'model' }],
  ['model.onnx', { name: 'model' }],
  ['fraud.onnx', { name: 'fraud' }],
  ['fraud-v2.onnx', { name: 'fraud', version: '2' }],
  ['fraud_v0.1.onnx', { name: 'fraud', version: '0.1' }],
  ['fraud@1.2.3.onnx', { name: 'fraud', version: '1.2.3' }],
  ['modeling.onnx', { name: 'modeling' }],
  ['C:\\models\\spam-v7.ort', { name: 'spam', version: '7' }],
  ['ch_ppocr_mobile_v2.0_cls_infer.onnx', { name: 'ch_ppocr_mobile_v2.0_cls_infer' }],
] as const)('nameFromPath(%s)', ([path, expected]) => {
  expect(nameFromPath(path)).toEqual(expected);
});

const iris = irisModel();
const content = readContent({ bytes: iris });
const facts = { content, inputs: [{ name: 'features' }] };

type Case = readonly [
  title: string,
  source: ModelSource,
  options: IdentityOptions,
  name: string,
  version: string,
];

test.for<Case>([
  ['the bytes', {}, {}, 'onnx-bb91e378949b', '3'],
  ['the path', { path: '/a/fraud-v2.onnx' }, {}, 'fraud', '2'],
  ['the path, and the version of the header', { path: '/a/fraud.onnx' }, {}, 'fraud', '3'],
  ['logId before the path', { path: '/a/fraud-v2.onnx', logId: 'mine' }, {}, 'mine', '3'],
  [
    'the hook before logId',
    { path: '/a/fraud.onnx', logId: 'mine' },
    { modelName: () => ({ name: 'hooked', version: '9' }) },
    'hooked',
    '9',
  ],
  ['a hook that gives text', {}, { modelName: () => 'hooked' }, 'hooked', '3'],
  ['a hook that does not know', { logId: 'mine' }, { modelName: () => undefined }, 'mine', '3'],
  ['a hook that gives nonsense', { logId: 'mine' }, { modelName: () => 7 as never }, 'mine', '3'],
  [
    'a rule before the hook',
    { path: '/a/fraud-2026.onnx' },
    {
      modelName: () => 'hooked',
      models: [{ match: { file: 'fraud*.onnx' }, name: 'ruled', version: '8' }],
    },
    'ruled',
    '8',
  ],
  [
    'a rule by content',
    {},
    { models: [{ match: { sha256: 'BB91E378' }, name: 'ruled' }] },
    'ruled',
    '3',
  ],
  ['a rule by input', {}, { models: [{ match: { input: 'features' }, name: 'r' }] }, 'r', '3'],
  [
    'no rule that fits only in part',
    { path: 'a.onnx' },
    { models: [{ match: { file: 'a.onnx', input: ['other'] }, name: 'ruled' }] },
    'a',
    '3',
  ],
  [
    'no rule without conditions',
    { path: 'a.onnx' },
    { models: [{ match: {}, name: 'r' }] },
    'a',
    '3',
  ],
])('identify() goes by %s', ([, source, options, name, version]) => {
  const found = identify(source, facts, options);
  expect([found.name, found.version]).toEqual([name, version]);
});

test('identify() of nothing is unknown', () => {
  expect(identify({}, { inputs: [] }, {})).toMatchObject({ name: 'unknown', version: 'unknown' });
});

test('identify() drops what a hook throws', () => {
  const onHookError = vi.fn<(error: unknown) => void>();
  const error = new Error('hook');
  const modelName = (): never => {
    throw error;
  };
  const found = identify({ logId: 'mine' }, { inputs: [] }, { modelName, onHookError });
  expect([found.name, onHookError.mock.calls]).toEqual(['mine', [[error]]]);
});

test('names are cut and carry no control characters', () => {
  const { name } = identify({ logId: `a\u0000b\n${'x'.repeat(500)}` }, { inputs: [] }, {});
  expect(name).toMatch(/^abx{60,61}$/u);
});

test('readContent() of what is no readable file is nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-identity-'));
  const contents = [folder, join(folder, 'absent.onnx'), '', '\u0000'].map((path) =>
    readContent({ path }),
  );
  rmSync(folder, { recursive: true });
  expect(contents).toEqual([undefined, undefined, undefined, undefined]);
});

test('modelId() of a file is that of its bytes, and covers both ends and the length', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-identity-'));
  const big = new Uint8Array(3 * 1024 * 1024);
  const idOf = (bytes: Uint8Array): string | undefined => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, bytes);
    const fromFile = readContent({ path })?.id;
    return fromFile === readContent({ bytes })?.id ? fromFile : 'file and bytes differ';
  };
  const changed = (index: number): Uint8Array => {
    const copy = Uint8Array.from(big);
    copy[index] = 1;
    return copy;
  };
  const ids = [big, changed(0), changed(big.length - 1), big.subarray(1)].map(idOf);
  const middle = idOf(changed(big.length / 2));
  rmSync(folder, { recursive: true });
  expect(new Set(ids).size).toBe(4);
  expect(middle).toBe(ids[0]); // weights in the middle are not read
});

test('modelId() of iris', () => {
  const source = {
    size: iris.length,
    read: (from: number, length: number) => iris.subarray(from, from + length),
  };
  expect(modelId(source)).toBe('bb91e378949bc0c99c72a4007d70e824acec98226fc17ef6e6109fc30c9bac30');
});

test('ModelRegistry holds 100 names and 20 versions of each, then _OTHER', () => {
  const registry = new ModelRegistry();
  for (let i = 0; i < 10_000; i++) registry.get(`model-${i}`, '1');
  for (let i = 0; i < 10_000; i++) registry.get('model-0', String(i));
  expect(registry.size).toBe(99 + 20 + 2); // the others, the versions, `_OTHER` of both kinds
  expect(registry.get('model-9999', '1').name).toBe('_OTHER');
  expect(registry.get('model-0', '9999')).toMatchObject({ name: 'model-0', version: '_OTHER' });
  expect(registry.get('model-7', '1')).toBe(registry.get('model-7', '1'));
});
