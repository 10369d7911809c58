import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { DiagLogLevel, diag, SpanStatusCode } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';

import {
  addRunObserver,
  OnnxRuntimeInstrumentation,
  type OnnxRuntimeInstrumentationConfig,
  type RunTiming,
} from '@telltale/instrumentation-onnxruntime';

import { bare, observeRuntime, onlyHistogram } from '../../support/observed-runtime.ts';
import { irisModel, matMulChainModel } from '../../support/onnx-models.ts';

/** A runtime of the shape of ONNX Runtime's that gives back exactly what it is told to. */
function fakeRuntime(answer: () => unknown) {
  const calls: { readonly target: unknown; readonly args: readonly unknown[] }[] = [];
  class InferenceSession {
    readonly inputNames = ['x'];
    readonly outputNames = ['y'];

    static create(...args: unknown[]): unknown {
      calls.push({ target: InferenceSession, args });
      return answer();
    }

    run(...args: unknown[]): unknown {
      calls.push({ target: this, args });
      return answer();
    }

    release(...args: unknown[]): unknown {
      calls.push({ target: this, args });
      return answer();
    }
  }
  return { InferenceSession, calls };
}

const METHODS = ['create', 'run', 'release'] as const;

function call(runtime: ReturnType<typeof fakeRuntime>, method: string, args: unknown[]): unknown {
  const { InferenceSession } = runtime;
  const target: object = method === 'create' ? InferenceSession : new InferenceSession();
  return Reflect.apply(Reflect.get(target, method) as () => unknown, target, args);
}

test.for(METHODS)('%s() gives back the very value of the original', async (method) => {
  const value = { inputNames: [], outputNames: [] };
  const runtime = fakeRuntime(() => Promise.resolve(value));
  new OnnxRuntimeInstrumentation().instrument(runtime);
  expect(await call(runtime, method, [])).toBe(value);
});

test.for(METHODS)('%s() rejects with the very error of the original', async (method) => {
  const error = new Error('mine');
  const runtime = fakeRuntime(() => Promise.reject(error));
  new OnnxRuntimeInstrumentation().instrument(runtime);
  await expect(call(runtime, method, [])).rejects.toBe(error);
});

test.for(METHODS)('%s() throws what the original throws at once', (method) => {
  const error = new Error('mine');
  const runtime = fakeRuntime(() => {
    throw error;
  });
  new OnnxRuntimeInstrumentation().instrument(runtime);
  expect(() => call(runtime, method, [])).toThrow(error);
});

test.for(METHODS)('%s() passes on every argument, however many', async (method) => {
  const runtime = fakeRuntime(() => Promise.resolve({ inputNames: [], outputNames: [] }));
  const instrumentation = new OnnxRuntimeInstrumentation();
  instrumentation.instrument(runtime);
  const frozen = Object.freeze({});
  for (const args of [[], [undefined], [frozen], [frozen, null], [frozen, 1, 'two', frozen]]) {
    await call(runtime, method, [...args]);
    const { args: seen } = runtime.calls.at(-1) ?? {};
    expect(seen).toStrictEqual(args);
    expect(seen?.every((value, i) => value === args[i])).toBe(true);
  }
});

test('wrappers keep the name and the length of the originals', () => {
  const plain = fakeRuntime(() => undefined).InferenceSession;
  const wrapped = fakeRuntime(() => undefined);
  new OnnxRuntimeInstrumentation().instrument(wrapped);
  const shape = (holder: object, name: string): unknown => {
    const member = Reflect.get(holder, name) as () => void;
    return [member.name, member.length];
  };
  const { InferenceSession } = wrapped;
  expect(shape(InferenceSession, 'create')).toEqual(shape(plain, 'create'));
  expect(shape(InferenceSession.prototype, 'run')).toEqual(shape(plain.prototype, 'run'));
});

const APP = `
import ort from 'onnxruntime-node';
import { OnnxRuntimeInstrumentation } from '@telltale/instrumentation-onnxruntime';
import { irisModel } from './test/support/onnx-models.ts';
if (process.argv[1] === 'watched') new OnnxRuntimeInstrumentation().instrument(ort);
const session = await ort.InferenceSession.create(irisModel());
let unhandled = 0;
process.on('unhandledRejection', () => { unhandled++ });
session.run({});
session.run({}).catch(() => {});
const both = session.run({}); both.catch(() => {}); both.then(() => {}, () => {});
await new Promise((resolve) => setTimeout(resolve, 20));
console.log('unhandled', unhandled);
`;

test('an unhandled rejection stays unhandled, a handled one stays handled', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const [bareOutput, watchedOutput] = ['bare', 'watched'].map((mode) =>
    execFileSync(
      process.execPath,
      ['--conditions=@telltale/source', '--input-type=module', '-e', APP, mode],
      { cwd: root, encoding: 'utf8', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } },
    ),
  );
  expect(bareOutput).toBe('unhandled 1\n');
  expect(watchedOutput).toBe(bareOutput);
});

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const HOSTILE: Readonly<Record<string, unknown>> = {
  null: null,
  nothing: undefined,
  'an array': [],
  'a string': 'features',
  'a revoked proxy': revoked.proxy,
  'a getter that throws': {
    get features(): never {
      throw new Error('mine');
    },
  },
  'a tensor without data': { features: { type: 'float32', dims: [1, 4] } },
  'a tensor of another make': { features: { type: 'float32', dims: null } },
  'a long name': { ['x'.repeat(100_000)]: 1 },
};

test.for(Object.keys(HOSTILE))('run(%s) ends as without us', async (name) => {
  const observed = observeRuntime();
  const session = await observed.runtime.InferenceSession.create(irisModel());
  const feeds = HOSTILE[name];
  const outcome = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      (value) => ({ value }),
      (error: unknown) => ({ text: String(error) }),
    );
  const withUs = await outcome(session.run(feeds as never));
  expect(withUs).toEqual(await outcome(bare.run(session, feeds)));
  expect(await observed.points('ml.inference.active')).toMatchObject([{ value: 0 }]);
});

function callRun(session: object, args: unknown[]): Promise<unknown> {
  const run = Reflect.get(session, 'run') as (...args: unknown[]) => Promise<unknown>;
  return Reflect.apply(run, session, args);
}

test('random calls: same outcome as bare, and the counters balance', async () => {
  const observed = observeRuntime({ config: { modelName: () => 'iris', spans: 'off' } });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel(), { logSeverityLevel: 4 });
  const tensor = fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 3, max: 5 }), fc.boolean())
    .map(([rows, columns, isFloat]) =>
      isFloat
        ? new Tensor('float32', new Float32Array(rows * columns).fill(0.5), [rows, columns])
        : new Tensor('int32', new Int32Array(rows * columns), [rows, columns]),
    );
  const feeds = fc.oneof(
    fc.record({ features: tensor }),
    fc.record({ features: tensor, extra: tensor }),
    fc.constant({}),
  );
  const fetches = fc.constantFrom(undefined, ['probabilities'], ['nope'], [], {}, { tag: 'x' });
  let runs = 0;
  const flatten = async (result: Promise<unknown>): Promise<string> => {
    try {
      const values = (await result) as Record<string, { data: unknown; dims: unknown }>;
      return JSON.stringify(
        Object.entries(values).map(([key, { data, dims }]) => [key, data, dims]),
      );
    } catch (error) {
      return String(error);
    }
  };
  await fc.assert(
    fc.asyncProperty(feeds, fetches, async (given, wanted) => {
      const args = wanted === undefined ? [given] : [given, wanted];
      runs++;
      const withUs = await flatten(callRun(session, args));
      return withUs === (await flatten(bare.run(session, ...args)));
    }),
    { numRuns: 300, seed: 20_261_121 },
  );
  const duration = await observed.points('ml.inference.duration');
  const counted = duration.map(({ value }) => (value as { count: number }).count);
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(runs);
  expect(duration.length).toBeGreaterThan(2); // success and several classes of failure
  expect(await observed.points('ml.inference.active')).toMatchObject([{ value: 0 }]);
});

test('hooks that throw are logged and dropped', async () => {
  const errors = vi.fn<(...args: unknown[]) => void>();
  const ignore = (): void => {};
  diag.setLogger(
    { error: errors, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const fail = (): never => {
    throw new Error('hook');
  };
  const observed = observeRuntime({
    config: { requestHook: fail, responseHook: fail, modelName: fail },
  });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', new Float32Array(4), [1, 4]);
  await expect(session.run({ features })).resolves.toHaveProperty('probabilities');
  diag.disable();
  expect(errors).toHaveBeenCalledTimes(3);
  const reasons = (await observed.points('telltale.errors')).map(({ attributes, value }) => [
    attributes['telltale.reason'],
    value,
  ]);
  expect(reasons).toEqual([
    ['modelName', 1],
    ['requestHook', 1],
    ['responseHook', 1],
  ]);
});

test('hooks see the span, the model and what came out', async () => {
  const request = vi.fn<NonNullable<OnnxRuntimeInstrumentationConfig['requestHook']>>();
  const response = vi.fn<NonNullable<OnnxRuntimeInstrumentationConfig['responseHook']>>();
  const observed = observeRuntime({
    config: { requestHook: request, responseHook: response, modelName: () => 'iris' },
  });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const feeds = { features: new Tensor('float32', new Float32Array(4), [1, 4]) };
  const results = await session.run(feeds);
  expect(request).toHaveBeenCalledWith(expect.anything(), {
    model: expect.objectContaining({ name: 'iris' }) as object,
    feeds,
  });
  expect(response.mock.calls[0]?.[1].results).toBe(results);
});

test('1000 times off and on leave one wrapper that counts once', async () => {
  const observed = observeRuntime({ config: { spans: 'off' } });
  const { InferenceSession, Tensor } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', new Float32Array(4), [1, 4]);
  const member = Reflect.get(session, 'run') as unknown;
  for (let i = 0; i < 1_000; i++) {
    observed.instrumentation.disable();
    observed.instrumentation.enable();
    observed.instrumentation.instrument(observed.runtime);
  }
  expect(Reflect.get(session, 'run')).toBe(member);
  await session.run({ features });
  observed.instrumentation.disable();
  await session.run({ features });
  observed.instrumentation.enable();
  expect(onlyHistogram(await observed.points('ml.inference.duration')).count).toBe(1);
});

test('a second instrumentation of the same copy adds no second wrapper', async () => {
  const runtime = fakeRuntime(() => Promise.resolve({ inputNames: [], outputNames: [] }));
  const first = new OnnxRuntimeInstrumentation({ enabled: true });
  const second = new OnnxRuntimeInstrumentation({ enabled: true });
  first.instrument(runtime);
  const member = Reflect.get(runtime.InferenceSession.prototype, 'run') as unknown;
  second.instrument(runtime);
  expect(Reflect.get(runtime.InferenceSession.prototype, 'run')).toBe(member);
  await call(runtime, 'run', [{}]);
  expect(runtime.calls.length).toBe(1);
});

test('wrappers do not look like wrappers of shimmer, which another vendor would take off', () => {
  const runtime = fakeRuntime(() => undefined);
  const original = Reflect.get(runtime.InferenceSession.prototype, 'run') as unknown;
  new OnnxRuntimeInstrumentation().instrument(runtime);
  const wrapper = Reflect.get(runtime.InferenceSession.prototype, 'run') as object;
  expect(wrapper).not.toBe(original);
  expect(['__original', '__unwrap', '__wrapped'].filter((mark) => mark in wrapper)).toEqual([]);
});

test('instrument() takes the namespace of an ES module', () => {
  const runtime = fakeRuntime(() => undefined);
  const original = Reflect.get(runtime.InferenceSession.prototype, 'run') as unknown;
  new OnnxRuntimeInstrumentation().instrument({ [Symbol.toStringTag]: 'Module', default: runtime });
  expect(Reflect.get(runtime.InferenceSession.prototype, 'run')).not.toBe(original);
});

test('five concurrent runs: queue and compute of each fit into its duration', async () => {
  const timings: RunTiming[] = [];
  const remove = addRunObserver({
    wants: () => ({}),
    onRun: (_model, { timing }) => timings.push(timing),
  });
  const observed = observeRuntime({ config: { spans: 'off' } });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(matMulChainModel(16, 256), {
    intraOpNumThreads: 1,
  });
  const x = new Tensor('float32', new Float32Array(64 * 256), [64, 256]);
  await session.run({ x });
  timings.length = 0;
  await Promise.all(Array.from({ length: 5 }, () => session.run({ x })));
  remove();
  expect(timings.length).toBe(5);
  const sums = timings.map(({ durationMs, queueMs = NaN, computeMs = NaN }) =>
    Math.abs(queueMs + computeMs - durationMs),
  );
  expect(Math.max(...sums)).toBeLessThan(0.05);
  // Native code blocks the event loop: each run waits until the one before has ended.
  const ends = timings.map(({ startMs, durationMs }) => startMs + durationMs);
  const starts = timings.map(({ startMs, queueMs = NaN }) => startMs + queueMs);
  expect(starts.slice(1).every((start, i) => start >= (ends[i] ?? Infinity) - 0.05)).toBe(true);
});

test.for([
  ['1.13.1', 'too old'],
  ['2.0.0', 'too new'],
] as const)('ONNX Runtime %s is left alone, being %s', ([version]) => {
  const runtime = fakeRuntime(() => undefined);
  const original = Reflect.get(runtime.InferenceSession.prototype, 'run') as unknown;
  new OnnxRuntimeInstrumentation().instrument(runtime, version);
  expect(Reflect.get(runtime.InferenceSession.prototype, 'run')).toBe(original);
});

test.for([null, undefined, {}, { InferenceSession: 1 }, { InferenceSession: class {} }])(
  'instrument(%s) of something else does nothing',
  (thing) => {
    expect(() => new OnnxRuntimeInstrumentation().instrument(thing)).not.toThrow();
  },
);

describe("feeds that are wrong are the application's", () => {
  const data = new Float32Array(4);
  test.for([
    ['null', (): unknown => null],
    ['a number', (): unknown => 5],
    ['a typed array', (): unknown => data],
    ['no dims', () => ({ type: 'float32', data })],
    ['dims that are no list', () => ({ type: 'float32', data, dims: '1,4', location: 'cpu' })],
    ['no type', () => ({ dims: [1, 4], data })],
    [
      'a getter that throws',
      () => ({
        type: 'float32',
        location: 'cpu',
        dims: [1, 4],
        get data(): never {
          throw new Error('hostile');
        },
      }),
    ],
  ] as const)('%s', async ([, make]) => {
    const observed = observeRuntime();
    const { InferenceSession } = observed.runtime;
    const session = await InferenceSession.create(irisModel());
    observed.reset();
    await expect(session.run({ features: make() as never })).rejects.toBeInstanceOf(Error);
    expect(await observed.points('telltale.errors')).toEqual([]);
    const spans = observed.spans();
    expect(spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR]);
    expect(observed.events().map(({ name }) => name)).toEqual(['ml.inference.error']);
  });
});
