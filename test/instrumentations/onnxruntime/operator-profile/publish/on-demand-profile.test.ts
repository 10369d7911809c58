import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { metrics } from '@opentelemetry/api';
import { afterAll, describe, expect, test, vi } from 'vitest';

import {
  addRunObserver,
  type OperatorProfileRequest,
  type OperatorProfileResult,
} from '@telltale/instrumentation-onnxruntime';

import {
  type OnDemandLimits,
  profileOnDemand,
} from '../../../../../instrumentations/onnxruntime/src/operator-profile/publish/on-demand-profile.ts';
import type { Output } from '../../../../../instrumentations/onnxruntime/src/output.ts';
import { type ObservedRuntime, observeRuntime } from '../../../../support/observed-runtime.ts';
import { irisModel, matMulChainModel, reshapeModel } from '../../../../support/onnx-models.ts';
import { useOwnTemporaryFolder } from '../../../../support/own-temporary-folder.ts';

const temporary = useOwnTemporaryFolder();
const folder = mkdtempSync(join(temporary, 'shadow-'));
const modelFile = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, bytes);
  return path;
};
const iris = modelFile('iris', irisModel());

const profileFolders = (): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('telltale-profile-'));

afterAll(() => metrics.disable());

const features = ({ runtime }: ObservedRuntime) => ({
  features: new runtime.Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]),
});

const outputOf = ({ instrumentation }: ObservedRuntime): Output =>
  (instrumentation as unknown as { readonly output: Output }).output;

const profile = (
  observed: ObservedRuntime,
  request: OperatorProfileRequest,
  limits: Partial<OnDemandLimits> = {},
): Promise<OperatorProfileResult> =>
  profileOnDemand(request, outputOf(observed), {
    captureMs: 10_000,
    feedBytes: 1_024,
    loadMs: 60_000,
    availableMemory: () => Infinity,
    ...limits,
  });

const refusalOf = async (result: Promise<OperatorProfileResult>): Promise<string> => {
  const settled = await result;
  return 'refusal' in settled ? settled.refusal : 'none';
};

describe('profileOperators()', () => {
  test('tells operators, nodes and providers of the next runs', async () => {
    const observed = observeRuntime();
    const session = await observed.runtime.InferenceSession.create(iris);
    const asked = observed.instrumentation.profileOperators({ model: 'iris', runs: 3 });
    for (let i = 0; i < 5; i++) await session.run(features(observed));
    const result = await asked;
    expect(result).toMatchObject({
      profile: { model: 'iris', version: '3', runs: 3, nodes: { CPUExecutionProvider: 2 } },
    });
    if (!('profile' in result)) return;
    const { operators, slowestNodes, runMs, operatorsMs } = result.profile;
    expect(operators.map(({ operator }) => operator).toSorted()).toEqual(['Gemm', 'Softmax']);
    expect(operators.map(({ calls }) => calls)).toEqual([3, 3]);
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(slowestNodes.map(({ node, output }) => `${node} ${output}`).toSorted()).toEqual([
      'gemm float[1,3]',
      'softmax float[1,3]',
    ]);
    expect(runMs).toBeGreaterThan(operatorsMs);
    await session.release();
  });

  test('publishes the same as the startup profile, and nothing else of the shadow', async () => {
    const observed = observeRuntime();
    const seen: string[] = [];
    const removeObserver = addRunObserver({
      wants: ({ name }) => {
        seen.push(name);
        return {};
      },
      onRun: () => seen.push('run'),
    });
    const session = await observed.runtime.InferenceSession.create(iris);
    const asked = profile(observed, { model: 'iris', runs: 2 });
    for (let i = 0; i < 2; i++) await session.run(features(observed));
    expect(await asked).toMatchObject({ profile: { runs: 2 } });
    const valueOf = async (metric: string) => (await observed.points(metric)).map((p) => p.value);
    expect(await valueOf('ml.operator.node.count')).toEqual([2]);
    expect(await valueOf('ml.operator.duration')).toMatchObject([{ count: 2 }, { count: 2 }]);
    expect(await valueOf('ml.inference.duration')).toMatchObject([{ count: 2 }]);
    expect(await valueOf('ml.model.load.duration')).toMatchObject([{ count: 1 }]);
    expect(await valueOf('ml.model.loaded')).toEqual([1]);
    expect(await valueOf('ml.model.unloads')).toEqual([]);
    expect(seen).toEqual(['iris', 'run', 'run']);
    expect(observed.spans().map(({ name }) => name)).toEqual([
      'load iris',
      'infer iris',
      'infer iris',
    ]);
    expect(observed.events().map(({ name }) => name)).toEqual(['ml.model.load']);
    removeObserver();
    await session.release();
  });

  test('replays what was fed, whatever the application does with its tensors later', async () => {
    const observed = observeRuntime();
    const { InferenceSession, Tensor } = observed.runtime;
    const path = modelFile('reshape', reshapeModel());
    const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
    const asked = profile(observed, { model: 'reshape', runs: 2 });
    // A view of a pooled Buffer, whose own slice() would share the memory.
    const pooled = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    const x = new Tensor('float32', new Float32Array(pooled.buffer, pooled.byteOffset, 6), [6]);
    for (let i = 0; i < 2; i++) {
      const { y } = await session.run({ x }, ['y']);
      expect(y?.dims).toEqual([2, 3]);
      x.dispose();
      if (i === 0) break;
    }
    await session.run({ x: new Tensor('float32', new Float32Array(6), [6]) }, { y: null });
    expect(await asked).toMatchObject({
      profile: { runs: 2, operators: [{ operator: 'Reshape', calls: 2 }] },
    });
    await session.release();
  });

  test('a run that fails is not in the profile, and its error is the application’s own', async () => {
    const observed = observeRuntime();
    const { InferenceSession, Tensor } = observed.runtime;
    const path = modelFile('reshape', reshapeModel());
    const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
    const run = (size: number) =>
      session.run({ x: new Tensor('float32', new Float32Array(size), [size]) });
    const asked = profile(observed, { model: 'reshape', runs: 3 });
    await expect(run(5)).rejects.toThrow('Reshape');
    await run(6);
    await expect(session.run({})).rejects.toThrow("input 'x' is missing");
    await run(6);
    expect(await asked).toMatchObject({ profile: { runs: 2 } });

    const failing = profile(observed, { model: 'reshape', runs: 1 });
    await expect(run(5)).rejects.toThrow('Reshape');
    expect(await refusalOf(failing)).toBe('failed');
    await session.release();
  });

  test('it is as many runs as were seen in time', async () => {
    const observed = observeRuntime();
    const session = await observed.runtime.InferenceSession.create(iris);
    const asked = profile(observed, { model: 'iris' }, { captureMs: 200 });
    await session.run(features(observed));
    expect(await asked).toMatchObject({ profile: { runs: 1 } });
    await session.release();
  });

  test('an option that writes a file is not used a second time', async () => {
    const observed = observeRuntime();
    const optimized = join(folder, 'optimized.onnx');
    const session = await observed.runtime.InferenceSession.create(iris, {
      optimizedModelFilePath: optimized,
      enableProfiling: false,
    });
    rmSync(optimized);
    const asked = profile(observed, { model: 'iris', runs: 1 });
    await session.run(features(observed));
    expect(await asked).toMatchObject({ profile: { runs: 1 } });
    expect(readdirSync(folder)).not.toContain('optimized.onnx');
    await session.release();
  });
});

describe('profileOperators() refuses', () => {
  test('a model that was never loaded, or that is released', async () => {
    const observed = observeRuntime();
    expect(await refusalOf(profile(observed, { model: 'absent' }))).toBe('unknown_model');
    const session = await observed.runtime.InferenceSession.create(iris);
    expect(await refusalOf(profile(observed, { model: 'iris', version: '9' }))).toBe(
      'unknown_model',
    );
    await session.release();
    expect(await profile(observed, { model: 'iris' })).toEqual({
      refusal: 'not_loaded',
      message: 'Cannot profile operators: every session of "iris" was released',
    });
  });

  test('a model of bytes', async () => {
    const observed = observeRuntime({ config: { modelName: () => 'bytes' } });
    const session = await observed.runtime.InferenceSession.create(irisModel());
    expect(await refusalOf(profile(observed, { model: 'bytes' }))).toBe('loaded_from_bytes');
    await session.release();
  });

  test('a model that the application profiles', async () => {
    const observed = observeRuntime();
    const own = mkdtempSync(join(temporary, 'own-'));
    const session = await observed.runtime.InferenceSession.create(iris, {
      enableProfiling: true,
      profileFilePrefix: join(own, 'mine'),
    });
    expect(await refusalOf(profile(observed, { model: 'iris' }))).toBe('profiles_itself');
    await session.release();
  });

  test('a second profile at a time', async () => {
    const observed = observeRuntime();
    const session = await observed.runtime.InferenceSession.create(iris);
    const first = profile(observed, { model: 'iris', runs: 1 });
    expect(await refusalOf(profile(observed, { model: 'iris' }))).toBe('already_profiling');
    await session.run(features(observed));
    expect(await first).toMatchObject({ profile: { runs: 1 } });
    await session.release();
  });

  test('while the first runs of a session are profiled', async () => {
    const observed = observeRuntime({ config: { operatorProfile: { mode: 'startup', runs: 1 } } });
    const session = await observed.runtime.InferenceSession.create(iris);
    expect(await refusalOf(profile(observed, { model: 'iris' }))).toBe('already_profiling');
    await session.run(features(observed));
    await vi.waitFor(() => expect(profileFolders()).toEqual([]));
    await session.release();
  });

  test('a file that is another one now', async () => {
    const observed = observeRuntime();
    const path = modelFile('chain', matMulChainModel(2, 4));
    const session = await observed.runtime.InferenceSession.create(path);
    modelFile('chain', matMulChainModel(3, 4));
    expect(await refusalOf(profile(observed, { model: 'chain' }))).toBe('file_changed');
    rmSync(path);
    expect(await refusalOf(profile(observed, { model: 'chain' }))).toBe('file_changed');
    await session.release();
  });

  test.for<readonly [string, Partial<OnDemandLimits>, string]>([
    ['no run in time', { captureMs: 1 }, 'no_runs'],
    ['a load that blocked for long', { loadMs: 0 }, 'too_costly'],
    ['no memory for a second copy', { availableMemory: () => 900 }, 'too_costly'],
  ])('%s', async ([, limits, refusal]) => {
    const observed = observeRuntime();
    const session = await observed.runtime.InferenceSession.create(iris);
    expect(await refusalOf(profile(observed, { model: 'iris' }, limits))).toBe(refusal);
    await session.release();
  });

  test('feeds that are too large', async () => {
    const observed = observeRuntime();
    const session = await observed.runtime.InferenceSession.create(iris);
    const limits = { captureMs: 200, feedBytes: 15 };
    const asked = profile(observed, { model: 'iris' }, limits);
    await session.run(features(observed));
    expect(await refusalOf(asked)).toBe('unusable_feeds');
    await session.release();
  });
});

test('no profile was left behind', () => {
  expect(profileFolders()).toEqual([]);
});
