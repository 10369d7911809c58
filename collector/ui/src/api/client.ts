import { apiAddress } from '../browser/place.ts';
import { apiKey, isKeyWanted } from '../browser/session.ts';

/** Why the service did not answer as asked; `status` 0 when it could not be reached. */
class ApiProblem extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type QueryValue = string | number | readonly string[] | undefined;

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form, as Prometheus takes long queries. */
  readonly form?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** @throws {ApiProblem} */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const response = await send(path, asking);
  const text = await response.text();
  const answer = parse(text);
  if (response.ok) return answer as Answer;
  if (response.status === 401) isKeyWanted.value = true;
  throw new ApiProblem(
    response.status,
    messageOf(answer) ?? `The service answered ${response.status}`,
  );
}

/** @throws {ApiProblem} when the service cannot be reached */
export async function send(path: string, asking: Asking): Promise<Response> {
  const { method = 'GET', query = {}, body, form, signal } = asking;
  const content = form === undefined ? jsonOf(body) : new URLSearchParams(form);
  try {
    return await fetch(addressWith(path, query), {
      method,
      headers: headersOf(body),
      cache: 'no-store',
      credentials: 'omit',
      ...(content === undefined ? {} : { body: content }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, 'The alert service does not answer');
  }
}

function addressWith(path: string, query: Readonly<Record<string, QueryValue>>): URL {
  const url = apiAddress(path);
  for (const [name, value] of Object.entries(query)) {
    for (const each of listOf(value)) url.searchParams.append(name, each);
  }
  return url;
}

function headersOf(body: unknown): Headers {
  const headers = new Headers();
  if (apiKey.peek() !== '') headers.set('x-api-key', apiKey.peek());
  if (body !== undefined) headers.set('content-type', 'application/json');
  return headers;
}

const jsonOf = (body: unknown): string | undefined =>
  body === undefined ? undefined : JSON.stringify(body);

function listOf(value: QueryValue): readonly string[] {
  if (value === undefined || value === '') return [];
  return typeof value === 'object' ? value : [String(value)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Our own paths answer `{error: {message}}`, Prometheus' `{error}`. */
function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  if (typeof error === 'string') return error;
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : undefined;
}

export function problemText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
