import { parseDuration } from '../../../model/duration.ts';
import type { ServerRequest } from '../../message.ts';
import { ApiError } from './envelope.ts';

/** The parameters of a request: of the URL, and of a form body before them. */
export function parametersOf(request: ServerRequest): URLSearchParams {
  const type = request.headers['content-type'] ?? '';
  if (request.method !== 'POST' || !type.startsWith('application/x-www-form-urlencoded')) {
    return request.query;
  }
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  for (const [name, value] of request.query) form.append(name, value);
  return form;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/iu;

/** Milliseconds from unix seconds or RFC 3339; `undefined` when it is neither. */
export function parseTime(text: string): number | undefined {
  if (RFC3339.test(text)) {
    const timeMs = Date.parse(text);
    return Number.isNaN(timeMs) ? undefined : timeMs;
  }
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined;
}

/** @throws {ApiError} when the parameter is there and no time. */
export function timeParameter(
  parameters: URLSearchParams,
  name: string,
  fallbackMs: number,
): number {
  const text = parameters.get(name);
  if (text === null || text === '') return fallbackMs;
  const timeMs = parseTime(text);
  if (timeMs !== undefined) return timeMs;
  throw new ApiError(
    'bad_data',
    `invalid parameter "${name}": Invalid time value for '${name}': ` +
      `cannot parse "${text}" to a valid timestamp`,
  );
}

/** @throws {ApiError} when the parameter is not there or no time. */
export function requiredTime(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  const timeMs = parseTime(text);
  if (timeMs !== undefined) return timeMs;
  throw new ApiError(
    'bad_data',
    `invalid parameter "${name}": cannot parse "${text}" to a valid timestamp`,
  );
}

/** Milliseconds from seconds or a duration such as `5m`. @throws {ApiError} when it is neither. */
export function durationParameter(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  try {
    return parseDuration(text);
  } catch {
    throw new ApiError(
      'bad_data',
      `invalid parameter "${name}": cannot parse "${text}" to a valid duration`,
    );
  }
}

/** 0 means no limit. @throws {ApiError} when it is no whole number. */
export function limitParameter(parameters: URLSearchParams, name = 'limit'): number {
  const text = parameters.get(name) ?? '0';
  if (/^\d+$/u.test(text)) return Number(text);
  throw new ApiError('bad_data', `invalid parameter "${name}": ${name} must be non-negative`);
}

/** The texts of `match[]`. @throws {ApiError} when there are too many or too long ones. */
export function selectorParameters(parameters: URLSearchParams): readonly string[] {
  const texts = parameters.getAll('match[]');
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= QUERY_LENGTH_MAX && texts.length <= SELECTORS_MAX) return texts;
  throw new ApiError('bad_data', 'invalid parameter "match[]": too many or too long selectors');
}

/** Characters of a query; a machine wrote what is longer. */
const QUERY_LENGTH_MAX = 64 * 1024;

const SELECTORS_MAX = 100;

/** The text of `query`. @throws {ApiError} when it is too long. */
export function queryParameter(parameters: URLSearchParams): string {
  const text = parameters.get('query') ?? '';
  if (text.length <= QUERY_LENGTH_MAX) return text;
  const message = `invalid parameter "query": it has more than ${QUERY_LENGTH_MAX} characters`;
  throw new ApiError('bad_data', message);
}
