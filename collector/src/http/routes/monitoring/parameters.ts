import { parseDuration } from '../../../model/duration.ts';
import { jsonResponse, type ServerResponse } from '../../message.ts';
import type { ActionAnswer } from '../alertmanager/api.ts';
import { BadRequest } from '../json-body.ts';
import { parseTime } from '../prometheus/parameters.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** Runs a handler; a bad request is answered with its reason. */
export function answering(handle: () => ServerResponse): ServerResponse {
  try {
    return handle();
  } catch (error) {
    if (error instanceof BadRequest)
      return refusal(400, 'BAD_REQUEST', `Cannot answer: ${error.message}`);
    throw error;
  }
}

export function refusal(status: number, code: string, message: string): ServerResponse {
  return jsonResponse(status, { error: { code, message } });
}

/** The answer to an act of a person. */
export function actionResponse<Value>(
  answer: ActionAnswer<Value>,
  toJson: (value: Value) => unknown,
): ServerResponse {
  switch (answer.kind) {
    case 'done':
      return jsonResponse(200, toJson(answer.value));
    case 'unknown':
      return refusal(404, 'NOT_FOUND', 'Cannot find it: unknown id');
    case 'conflict':
      return refusal(409, 'CONFLICT', `Cannot carry out the action: ${answer.message}`);
    case 'invalid':
      return refusal(400, 'BAD_REQUEST', `Cannot carry out the action: ${answer.message}`);
  }
}

/** @throws {BadRequest} */
export function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new BadRequest('limit must be a number from 1 to 1000');
}

/** A place in a list. @throws {BadRequest} */
export function cursorOf(query: URLSearchParams): number | undefined {
  const cursor = query.get('cursor');
  if (cursor === null) return undefined;
  if (/^\d+$/u.test(cursor)) return Number(cursor);
  throw new BadRequest('cursor must be a number');
}

/** A parameter with few values, that may be given many times. @throws {BadRequest} */
export function oneOfOrNone(query: URLSearchParams, name: string, known: readonly string[]): void {
  const unknown = query.getAll(name).find((each) => !known.includes(each));
  if (unknown === undefined) return;
  throw new BadRequest(`${name} must be one of ${known.join(', ')}: current value is "${unknown}"`);
}

/** Unix seconds or RFC 3339. @throws {BadRequest} */
export function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const timeMs = parseTime(text);
  if (timeMs !== undefined) return timeMs;
  throw new BadRequest(`${name} must be unix seconds or an RFC 3339 time`);
}

/** A duration such as `24h`. @throws {BadRequest} */
export function durationOf(text: string, name: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new BadRequest(`${name} must be a duration such as 24h: current value is "${text}"`);
  }
}

export function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
