import type { QueryOutcome } from '../../../exchange/query.ts';
import { JSON_TYPE, jsonResponse, type ServerResponse } from '../../message.ts';

export type ApiErrorType = 'bad_data' | 'execution' | 'timeout' | 'not_found' | 'unavailable';

const STATUS: Readonly<Record<ApiErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  not_found: 404,
  unavailable: 503,
};

/** A request that Prometheus' API refuses, with its kind. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;

  constructor(type: ApiErrorType, message: string) {
    super(message);
    this.type = type;
  }
}

export interface Remarks {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export function success(
  data: unknown,
  { warnings = [], infos = [] }: Remarks = {},
): ServerResponse {
  return jsonResponse(200, {
    status: 'success',
    data,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(infos.length > 0 ? { infos } : {}),
  });
}

function failure(type: ApiErrorType, message: string): ServerResponse {
  return jsonResponse(STATUS[type], { status: 'error', errorType: type, error: message });
}

/** What became of a query, as an answer. */
export function answered(outcome: QueryOutcome): ServerResponse {
  if (outcome.kind === 'answer') {
    return { status: 200, headers: JSON_TYPE, body: outcome.chunks };
  }
  const { type, message, retryAfterSeconds } = outcome;
  const answer = failure(type, message);
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** Runs a handler and words what it throws as Prometheus does. */
export async function answering(
  handle: () => ServerResponse | Promise<ServerResponse>,
): Promise<ServerResponse> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof ApiError) return failure(error.type, error.message);
    throw error;
  }
}
