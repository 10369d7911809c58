import { expect, test } from 'vitest';

import type {
  OperatorProfileRefusal,
  OperatorProfileRequest,
  OperatorProfileResult,
} from '@telltale/instrumentation-onnxruntime';

import { operatorProfileRoute } from '../../../../src/telltale/src/http/routes/operator-profile.ts';

const COST = { provider: 'CPUExecutionProvider', calls: 2, meanMs: 0.5, share: 1 };
const PROFILE: OperatorProfileResult = {
  profile: {
    model: 'iris',
    version: '3',
    runs: 2,
    runMs: 2,
    operatorsMs: 0.5,
    nodes: { CPUExecutionProvider: 1 },
    operators: [{ ...COST, operator: 'Gemm', totalMs: 1 }],
    slowestNodes: [{ ...COST, operator: 'Gemm', node: 'gemm', output: 'float[1,3]' }],
  },
};

async function ask(query: string, result: OperatorProfileResult) {
  const requests: OperatorProfileRequest[] = [];
  const route = operatorProfileRoute((request) => {
    requests.push(request);
    return Promise.resolve(result);
  });
  const { status, body } = await route.handle({
    method: 'POST',
    path: route.path,
    query: new URLSearchParams(query),
    headers: {},
  });
  return { requests, status, body: JSON.parse(String(body)) as unknown };
}

test('the profile, as JSON', async () => {
  expect(await ask('model=iris', PROFILE)).toEqual({
    requests: [{ model: 'iris', runs: 5 }],
    status: 200,
    body: {
      model: 'iris',
      version: '3',
      runs: 2,
      run_ms: 2,
      operators_ms: 0.5,
      nodes: { CPUExecutionProvider: 1 },
      operators: [
        {
          operator: 'Gemm',
          provider: 'CPUExecutionProvider',
          calls: 2,
          total_ms: 1,
          mean_ms: 0.5,
          share: 1,
        },
      ],
      slowest_nodes: [
        {
          node: 'gemm',
          operator: 'Gemm',
          provider: 'CPUExecutionProvider',
          output: 'float[1,3]',
          calls: 2,
          mean_ms: 0.5,
          share: 1,
        },
      ],
    },
  });
});

test.for<readonly [string, OperatorProfileRequest]>([
  ['model=iris&runs=1', { model: 'iris', runs: 1 }],
  ['model=org%2Fname&version=7&runs=5', { model: 'org/name', version: '7', runs: 5 }],
])('"%s" asks for %o', async ([query, request]) => {
  expect((await ask(query, PROFILE)).requests).toEqual([request]);
});

test.for(['', 'model=', 'model=iris&runs=0', 'model=iris&runs=6', 'model=iris&runs=1.5'])(
  '"%s" is refused before a worker is asked',
  async (query) => {
    expect(await ask(query, PROFILE)).toMatchObject({
      requests: [],
      status: 400,
      body: { error: { code: 'bad_request' } },
    });
  },
);

test.for<readonly [OperatorProfileRefusal, number]>([
  ['unknown_model', 404],
  ['not_loaded', 409],
  ['loaded_from_bytes', 409],
  ['profiles_itself', 409],
  ['already_profiling', 409],
  ['file_changed', 409],
  ['too_costly', 409],
  ['unusable_feeds', 409],
  ['not_supported', 409],
  ['no_runs', 504],
  ['failed', 500],
])('%s is %i', async ([refusal, status]) => {
  expect(await ask('model=iris', { refusal, message: 'why' })).toMatchObject({
    status,
    body: { error: { code: refusal, message: 'why' } },
  });
});
