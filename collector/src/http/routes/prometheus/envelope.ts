import { PromqlError } from '../../../promql/error.ts';
import { jsonResponse, type ServerResponse } from '../../message.ts';

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

/** Runs a handler and words what it throws as Prometheus does. */
export function answering(handle: () => ServerResponse): ServerResponse {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ApiError) return failure(error.type, error.message);
    if (!PromqlError.is(error) || error.code !== 'PROMQL_EVALUATION') throw error;
    const isTimeout = error.message.startsWith('query timed out');
    return failure(isTimeout ? 'timeout' : 'execution', error.message);
  }
}
