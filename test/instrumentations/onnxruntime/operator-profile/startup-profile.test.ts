import { readdirSync } from 'node:fs';

import { expect, test, vi } from 'vitest';

import { countNodes } from '../../../../instrumentations/onnxruntime/src/model-file/node-count.ts';
import {
  clockOffsetUs,
  groupByRun,
  parseProfileLine,
} from '../../../../instrumentations/onnxruntime/src/operator-profile/profile-events.ts';
import { observeRuntime } from '../../../support/observed-runtime.ts';
import { irisModel, matMulChainModel } from '../../../support/onnx-models.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

const temporary = useOwnTemporaryFolder();

const config = {
  modelName: (): string => 'iris',
  operatorProfile: { mode: 'startup', runs: 3, top: 1 },
} as const;

const profileFolders = (): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('telltale-profile-'));

test('the first runs are profiled into child spans, then the profiler is off', async () => {
  const before = profileFolders();
  const observed = observeRuntime({ config });
  const { Tensor, InferenceSession } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  expect(profileFolders().length).toBe(before.length + 1);
  const features = new Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  for (let i = 0; i < 5; i++) await session.run({ features });
  const operators = () => observed.spans().filter(({ name }) => name.startsWith('op '));
  await vi.waitFor(() => expect(operators().length).toBe(3)); // the slowest one of three runs
  await vi.waitFor(() => expect(profileFolders()).toEqual(before));

  const runs = new Map(
    observed
      .spans()
      .filter(({ name }) => name === 'infer iris')
      .map((span) => [span.spanContext().spanId, span]),
  );
  for (const span of operators()) {
    expect(runs.has(span.parentSpanContext?.spanId ?? '')).toBe(true);
    expect(span.attributes).toMatchObject({
      'ml.operation.name': 'operator',
      'ml.operator.name': expect.stringMatching(/^(?:Gemm|Softmax|FusedGemm)$/u) as string,
      'ml.operator.provider': 'CPUExecutionProvider',
      'ml.operator.output': 'float[1,3]',
    });
  }
  expect(await observed.points('ml.operator.node.count')).toMatchObject([
    { attributes: { 'ml.operator.provider': 'CPUExecutionProvider' }, value: 2 },
  ]);
  const durations = await observed.points('ml.operator.duration');
  const counts = durations.map(({ value }) => (value as { count: number }).count);
  expect(counts).toEqual([3, 3]); // two operators in three runs, not in five
});

test('an application that profiles by itself is left alone', async () => {
  const before = profileFolders();
  const observed = observeRuntime({ config });
  await observed.runtime.InferenceSession.create(irisModel(), { enableProfiling: false });
  expect(profileFolders()).toEqual(before);
});

test('a release in the middle leaves no file behind', async () => {
  const before = profileFolders();
  const observed = observeRuntime({ config });
  const session = await observed.runtime.InferenceSession.create(irisModel());
  await session.release();
  expect(profileFolders()).toEqual(before);
});

test('a model that cannot be loaded leaves no file behind', async () => {
  const before = profileFolders();
  const observed = observeRuntime({ config });
  await expect(observed.runtime.InferenceSession.create(irisModel().slice(0, 200))).rejects.toThrow(
    'protobuf',
  );
  expect(profileFolders()).toEqual(before);
});

test.for([
  ['iris', irisModel(), 2],
  ['16 products', matMulChainModel(16, 4), 16],
  ['no model', Uint8Array.of(1, 2, 3), 0],
  ['nothing', new Uint8Array(), 0],
] as const)('countNodes() of %s', ([, bytes, nodes]) => {
  expect(countNodes({ bytes })).toBe(nodes);
});

const NODE = `{"cat" : "Node","dur" :9,"ts" :110,"name" :"gemm_kernel_time","args" : {"provider" : "CPUExecutionProvider","node_index" : "0","output_type_shape" : [{"float":[1,3]}],"op_name" : "Gemm"}},`;
const RUN = (ts: number): string =>
  `{"cat" : "Session","dur" :20,"ts" :${ts},"name" :"model_run","args" : {}}`;

test('parseProfileLine() reads runs and operators and passes over the rest', () => {
  const lines = [
    '[',
    NODE,
    RUN(100),
    ']',
    '{"cat": cut',
    '{"cat":"Session","name":"x","ts":1,"dur":1}',
  ];
  expect(lines.map(parseProfileLine)).toEqual([
    undefined,
    {
      kind: 'operator',
      event: {
        operator: 'Gemm',
        node: 'gemm',
        provider: 'CPUExecutionProvider',
        index: 0,
        output: 'float[1,3]',
        startUs: 110,
        durationUs: 9,
      },
    },
    { kind: 'run', startUs: 100, endUs: 120 },
    undefined,
    undefined,
    undefined,
  ]);
});

test('groupByRun() puts operators into their run and drops those of none', () => {
  const events = [RUN(200), RUN(100), NODE, NODE.replace('110', '50'), NODE.replace('110', '205')]
    .map(parseProfileLine)
    .filter((event) => event !== undefined);
  const groups = groupByRun(events).map(({ startUs, operators }) => [
    startUs,
    operators.map((operator) => operator.startUs),
  ]);
  expect(groups).toEqual([
    [100, [110]],
    [200, [205]],
  ]);
});

test('clockOffsetUs() is the median difference of the ends', () => {
  const runs = [0, 100, 200].map((startUs) => ({ startUs, endUs: startUs + 10, operators: [] }));
  expect(clockOffsetUs(runs, [1.01, 1.12, 1.9])).toBeCloseTo(1010, 6);
});
