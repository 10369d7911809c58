import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SpanStatusCode } from '@opentelemetry/api';
import { afterAll, expect, test, vi } from 'vitest';

import { bare, observeRuntime, onlyHistogram } from '../../support/observed-runtime.ts';
import {
  ir99Model,
  irisModel,
  opset99Model,
  unknownOperatorModel,
} from '../../support/onnx-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

function modelFile(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('create() names the model where the system does not tell how much memory is used', async () => {
  const observed = observeRuntime();
  const rss = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_resident_set_memory');
  });
  await observed.runtime.InferenceSession.create(modelFile('spam.onnx', irisModel()));
  rss.mockRestore();
  expect(observed.spans().map(({ name }) => name)).toEqual(['load spam']);
  expect(await observed.points('ml.model.load.memory')).toEqual([]);
  expect(await observed.points('ml.model.size')).toHaveLength(1);
  expect(await observed.points('telltale.errors')).toEqual([]);
});

test('create() from a file has a span, a duration and the identity of the model', async () => {
  const observed = observeRuntime();
  const { InferenceSession } = observed.runtime;
  await InferenceSession.create(modelFile('fraud-v2.onnx', irisModel()), {
    intraOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
  });
  const [span] = observed.spans();
  expect(span?.name).toBe('load fraud');
  expect(span?.attributes).toEqual({
    'ml.operation.name': 'load',
    'ml.model.name': 'fraud',
    'ml.model.version': '2',
    'ml.model.id': 'bb91e378949bc0c99c72a4007d70e824acec98226fc17ef6e6109fc30c9bac30',
    'ml.model.format': 'onnx',
    'ml.model.size': 313,
    'ml.model.source': 'file',
    'ml.model.file.name': 'fraud-v2.onnx',
    'ml.model.opset': 13,
    'ml.model.producer': 'test-gen 1',
    'ml.runtime.name': 'onnxruntime-node',
    'ml.runtime.version': '1.30.0',
    'ml.runtime.providers': ['cpu'],
    'ml.runtime.registered_providers': ['cpu'],
    'ml.runtime.graph_optimization_level': 'basic',
    'ml.runtime.intra_op_threads': 1,
  });
  const attributes = { 'ml.model.name': 'fraud', 'ml.model.version': '2' };
  const load = await observed.points('ml.model.load.duration');
  expect(load).toMatchObject([{ attributes, value: { count: 1 } }]);
  expect(await observed.points('ml.model.loaded')).toMatchObject([{ attributes, value: 1 }]);
  expect(await observed.points('ml.model.size')).toMatchObject([{ attributes, value: 313 }]);
  expect(await observed.points('ml.model.info')).toMatchObject([
    { attributes: { ...attributes, 'ml.runtime.providers': ['cpu'] }, value: 1 },
  ]);
  expect(observed.events().map(({ name }) => name)).toEqual(['ml.model.load']);
});

test.for([
  ['bytes', (bytes: Uint8Array) => [bytes]],
  ['an ArrayBuffer', (bytes: Uint8Array) => [Uint8Array.from(bytes).buffer]],
  [
    'a part of an ArrayBuffer',
    (bytes: Uint8Array) => [Uint8Array.of(0, 0, ...bytes, 0).buffer, 2, bytes.length],
  ],
] as const)('create() from %s is a model from a buffer', async ([, argsOf]) => {
  const observed = observeRuntime();
  const { InferenceSession } = observed.runtime;
  const create = Reflect.get(InferenceSession, 'create') as (...args: unknown[]) => Promise<object>;
  await Reflect.apply(create, InferenceSession, argsOf(irisModel()));
  expect(
    observed.spans().map(({ name, attributes }) => [name, attributes['ml.model.source']]),
  ).toEqual([['load onnx-bb91e378949b', 'buffer']]);
});

test.for([
  ['3 bytes', Uint8Array.of(1, 2, 3), 'model_invalid'],
  ['a cut model', irisModel().slice(0, 200), 'model_invalid'],
  ['an empty model', new Uint8Array(0), 'model_invalid'],
  ['an unknown operator', unknownOperatorModel(), 'model_unsupported'],
  ['operator set 99', opset99Model(), 'model_unsupported'],
  ['IR version 99', ir99Model(), 'model_unsupported'],
] as const)('create() of %s fails as without us, and is counted', async ([, bytes, errorType]) => {
  const observed = observeRuntime();
  const without = await bare.create(bytes).catch((error: unknown) => String(error));
  const { InferenceSession } = observed.runtime;
  const withUs = await InferenceSession.create(bytes).catch((error: unknown) => String(error));
  expect(withUs).toBe(without);
  const [span] = observed.spans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: errorType });
  const load = await observed.points('ml.model.load.duration');
  expect(load.map(({ attributes }) => attributes['error.type'])).toEqual([errorType]);
  expect(onlyHistogram(load).count).toBe(1);
  expect(observed.events().map(({ name }) => name)).toEqual(['ml.model.load.error']);
  expect(await observed.points('ml.model.loaded')).toMatchObject([{ value: 0 }]);
});

test('create() of a file that is not there', async () => {
  const observed = observeRuntime();
  const { InferenceSession } = observed.runtime;
  await expect(InferenceSession.create('/nowhere/spam-v3.onnx')).rejects.toThrow("doesn't exist");
  const [span] = observed.spans();
  expect([span?.name, span?.status.message]).toEqual(['load spam', 'model_not_found']);
  expect(JSON.stringify(span?.attributes)).not.toContain('nowhere');
});

test('a provider that the build does not have is refused or dropped', async () => {
  const observed = observeRuntime();
  const { InferenceSession } = observed.runtime;
  const options = (providers: string[]): object => ({ executionProviders: providers });
  await expect(InferenceSession.create(irisModel(), options(['nope']))).rejects.toThrow(
    'no available backend found',
  );
  await InferenceSession.create(irisModel(), options(['nope', 'cpu']));
  const spans = observed.spans();
  expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual([
    'provider_unavailable',
    undefined,
  ]);
  expect(spans[1]?.attributes).toMatchObject({
    'ml.runtime.providers': ['nope', 'cpu'],
    'ml.runtime.registered_providers': ['cpu'],
  });
});

test('release() counts once, a second one passes its error on and is counted apart', async () => {
  const observed = observeRuntime({ config: { modelName: () => 'iris' } });
  const session = await observed.runtime.InferenceSession.create(irisModel());
  await session.release();
  await expect(session.release()).rejects.toThrow('Session already disposed');
  const reasons = (await observed.points('ml.model.unloads')).map(({ attributes, value }) => [
    attributes['ml.unload.reason'],
    value,
  ]);
  expect(reasons).toEqual([
    ['released', 1],
    ['refused', 1],
  ]);
  expect(await observed.points('ml.model.loaded')).toMatchObject([{ value: 0 }]);
});

test('1000 sessions created and released leave one model and no open session', async () => {
  const observed = observeRuntime({ config: { spans: 'off' } });
  const { InferenceSession } = observed.runtime;
  const bytes = irisModel();
  for (let i = 0; i < 1_000; i++) {
    const session = await InferenceSession.create(bytes);
    await session.release();
  }
  expect(await observed.points('ml.model.loaded')).toMatchObject([{ value: 0 }]);
  expect(await observed.points('ml.model.unloads')).toMatchObject([{ value: 1_000 }]);
  expect(onlyHistogram(await observed.points('ml.model.load.duration')).count).toBe(1_000);
}, 60_000);
