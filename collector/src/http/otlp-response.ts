import type { HttpHeaders } from '../model/http-message.ts';

import {
  encodeExportResponse,
  encodeStatus,
  type OtlpEncoding,
  type OtlpSignal,
} from '../otlp/response.ts';
import type { ServerResponse } from './message.ts';

const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** `google.rpc.Code` values for the statuses of a receiver. */
const RPC_CODES: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [405, 12],
  [413, 8],
  [415, 3],
  [429, 8],
  [503, 14],
]);

/** `UNKNOWN`, for a status that no receiver should give. */
const RPC_UNKNOWN = 2;

/** The encoding that a request's content type names; `undefined` for any other. */
export function encodingOf(headers: HttpHeaders): OtlpEncoding | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : undefined;
}

/** Success, in part when points were rejected: clients must not send those again. */
export function exportResponse(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  partial: { readonly rejected: number; readonly message: string },
): ServerResponse {
  const headers = { 'content-type': CONTENT_TYPES[encoding] };
  return { status: 200, headers, body: encodeExportResponse(signal, partial, encoding) };
}

/** A `google.rpc.Status` in the encoding of the request. */
export function statusResponse(
  encoding: OtlpEncoding,
  refusal: { readonly status: number; readonly message: string; readonly headers?: HttpHeaders },
): ServerResponse {
  const { status, message } = refusal;
  const code = RPC_CODES.get(status) ?? RPC_UNKNOWN;
  const headers = { 'content-type': CONTENT_TYPES[encoding], ...refusal.headers };
  return { status, headers, body: encodeStatus({ code, message }, encoding) };
}
