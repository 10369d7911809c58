import type { HttpHeaders } from '../model/http-message.ts';

import type { Scope } from '../exchange/api-key.ts';

/** A request with its whole body, as handlers see it. */
export interface ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  /** Values of the `:name` segments of the route. */
  readonly params: Readonly<Record<string, string>>;
  /** The name of the API key, `anonymous` where none is asked for. */
  readonly actor: string;
  /** Aborted when the client goes away before it has its answer. */
  readonly signal?: AbortSignal;
}

export interface ServerResponse {
  readonly status: number;
  readonly headers?: HttpHeaders;
  /** Pieces are written one after the other, each when the client has room for it. */
  readonly body?: string | Uint8Array | readonly Uint8Array[];
  /** In place of a body: called once the head is out, and writes for as long as it likes. */
  readonly stream?: (stream: EventStream) => void;
}

/** An answer without an end. A client that does not read loses what it does not take. */
export interface EventStream {
  write(text: string): void;
  end(): void;
  /** Aborted when either side has ended it. */
  readonly signal: AbortSignal;
}

export type RouteHandler = (request: ServerRequest) => ServerResponse | Promise<ServerResponse>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments that begin with a colon are parameters: `/api/v1/label/:name/values`. */
  readonly path: string;
  readonly scope: Scope;
  readonly bodyBytesMax?: number;
  /** Outside every limit: asked by the program that decides whether the service lives. */
  readonly isVital?: boolean;
  readonly handle: RouteHandler;
}

/** A refusal by the server itself, before or instead of a handler. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: HttpHeaders;
}

/** Gives refusals the shape that the clients of a listener understand. */
export type RefusalFormat = (refusal: Refusal, request: RequestLine) => ServerResponse;

export interface RequestLine {
  readonly path: string;
  readonly headers: HttpHeaders;
}

export const JSON_TYPE: HttpHeaders = { 'content-type': 'application/json; charset=utf-8' };

export function jsonResponse(status: number, value: unknown): ServerResponse {
  return {
    status,
    headers: JSON_TYPE,
    body: JSON.stringify(value),
  };
}

export function textResponse(status: number, body: string): ServerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
