/** A request as plain data, so that every route is tested without a socket. */
export interface MonitoringRequest {
  readonly method: string;
  /** Path without the query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Absent where there was none. */
  readonly body?: string;
  /** Aborts when the client goes away before it has its answer. */
  readonly signal?: AbortSignal;
}

export interface MonitoringResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes for what is no text, such as a pprof file. */
  readonly body: string | Uint8Array;
}

export const json = (status: number, value: unknown): MonitoringResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: `${JSON.stringify(value)}\n`,
});

/** Every error has one shape: a code for programs and a sentence for people. */
export const failure = (status: number, code: string, message: string): MonitoringResponse =>
  json(status, { error: { code, message } });

export const withHeaders = (
  response: MonitoringResponse,
  headers: Readonly<Record<string, string>>,
): MonitoringResponse => ({ ...response, headers: { ...response.headers, ...headers } });
