import type { HttpHeaders } from '../model/http-message.ts';

import type { ServerResponse } from './message.ts';

export type OtlpEncoding = 'proto' | 'json';

const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  proto: 'application/x-protobuf',
  json: 'application/json',
};

/** `google.rpc.Code` values that OTLP uses. */
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

/** Answers stay well under the 4 MiB that clients read. */
const MESSAGE_LENGTH_MAX = 4096;

/** The encoding that a request's content type names; `undefined` for any other. */
export function encodingOf(headers: HttpHeaders): OtlpEncoding | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'proto';
  return type === 'application/json' ? 'json' : undefined;
}

/** Success, in part when points were rejected: clients must not send those again. */
export function exportResponse(
  encoding: OtlpEncoding,
  { rejected, message }: { readonly rejected: number; readonly message: string },
): ServerResponse {
  const headers = { 'content-type': CONTENT_TYPES[encoding] };
  return { status: 200, headers, body: exportBody(encoding, rejected, message) };
}

/** The body of an export response of any signal: their partial success has the same fields. */
export function exportBody(
  encoding: OtlpEncoding,
  rejected: number,
  message: string,
): string | Uint8Array {
  const isWhole = rejected === 0 && message === '';
  const text = message.slice(0, MESSAGE_LENGTH_MAX);
  if (encoding === 'json') {
    if (isWhole) return '{}';
    const partialSuccess = { rejectedDataPoints: String(rejected), errorMessage: text };
    return JSON.stringify({ partialSuccess });
  }
  if (isWhole) return new Uint8Array(0);
  return bytesField(1, Buffer.concat([varintField(1, rejected), textField(2, text)]));
}

/** A `google.rpc.Status` in the encoding of the request. */
export function statusResponse(
  encoding: OtlpEncoding,
  refusal: { readonly status: number; readonly message: string; readonly headers?: HttpHeaders },
): ServerResponse {
  const code = RPC_CODES.get(refusal.status) ?? 2;
  const message = refusal.message.slice(0, MESSAGE_LENGTH_MAX);
  const body =
    encoding === 'json'
      ? JSON.stringify({ code, message })
      : Buffer.concat([varintField(1, code), textField(2, message)]);
  const headers = { 'content-type': CONTENT_TYPES[encoding], ...refusal.headers };
  return { status: refusal.status, headers, body };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text, 'utf8'));
}
