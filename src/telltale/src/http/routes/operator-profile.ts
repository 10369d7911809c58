import type {
  NodeCost,
  OperatorCost,
  OperatorProfile,
  OperatorProfileRefusal,
  OperatorProfileRequest,
  OperatorProfileResult,
} from '@telltale/instrumentation-onnxruntime';

import { failure, json, type MonitoringResponse } from '../message.ts';
import type { Route } from '../router.ts';

const RUNS = /^[1-5]$/u;
const CONFLICT = 409;

/** What is not a matter of state: the model is not there, nothing came in time, or it broke. */
const STATUSES: Partial<Readonly<Record<OperatorProfileRefusal, number>>> = {
  unknown_model: 404,
  no_runs: 504,
  failed: 500,
};

/**
 * `POST /monitoring/profile/operators?model=&version=&runs=`: which operators a model spends its
 * time in. Answers once the next runs of the application have passed and were replayed.
 */
export function operatorProfileRoute(
  profile: (request: OperatorProfileRequest) => Promise<OperatorProfileResult>,
): Route {
  return {
    method: 'POST',
    path: '/monitoring/profile/operators',
    access: 'key',
    handle: async ({ query }) => {
      const request = requestOf(query);
      if (typeof request === 'string') return failure(400, 'bad_request', request);
      return answer(await profile(request));
    },
  };
}

/** The request, or what is wrong with it. */
function requestOf(query: URLSearchParams): OperatorProfileRequest | string {
  const model = query.get('model') ?? '';
  if (model === '') return 'Cannot profile operators without a model: expected ?model=<name>';
  const version = query.get('version');
  const runs = query.get('runs') ?? '5';
  if (!RUNS.test(runs)) {
    const given = runs.slice(0, 20);
    return `Cannot profile operators: expected runs to be 1 to 5: current value is "${given}"`;
  }
  return { model, runs: Number(runs), ...(version === null ? {} : { version }) };
}

function answer(result: OperatorProfileResult): MonitoringResponse {
  if ('profile' in result) return json(200, shown(result.profile));
  const { refusal, message } = result;
  return failure(STATUSES[refusal] ?? CONFLICT, refusal, message);
}

function shown(profile: OperatorProfile): object {
  const { model, version, runs, runMs, operatorsMs, nodes } = profile;
  return {
    model,
    version,
    runs,
    run_ms: runMs,
    operators_ms: operatorsMs,
    nodes,
    operators: profile.operators.map(operator),
    slowest_nodes: profile.slowestNodes.map(node),
  };
}

const operator = ({ operator: type, provider, calls, totalMs, meanMs, share }: OperatorCost) => ({
  operator: type,
  provider,
  calls,
  total_ms: totalMs,
  mean_ms: meanMs,
  share,
});

const node = ({ node: name, operator: type, ...cost }: NodeCost): object => ({
  node: name,
  operator: type,
  provider: cost.provider,
  output: cost.output,
  calls: cost.calls,
  mean_ms: cost.meanMs,
  share: cost.share,
});
