import type { OtlpEncoding } from '../otlp/response.ts';

/** An OTLP request as it came over the wire. */
export interface OtlpRequest {
  readonly body: Uint8Array;
  readonly encoding: OtlpEncoding;
  readonly isGzip: boolean;
}

/** Why a request cannot be read: it is too large, or it is not what it says. */
export interface UnreadableRequest {
  readonly kind: 'too large' | 'malformed';
  readonly message: string;
}

/** What the sender of metrics is told; every transport words it in its own way. */
export type IngestAnswer =
  | { readonly kind: 'accepted'; readonly rejectedPoints: number; readonly message: string }
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'too large'; readonly message: string }
  | {
      readonly kind: 'unavailable';
      readonly message: string;
      readonly retryAfterSeconds: number;
    };

/** Signals that are read, checked and counted, and not kept. */
export type UnkeptSignal = 'logs' | 'traces';

/** How many records a good request held, or why it is refused. */
export type UnkeptAnswer = { readonly kind: 'read'; readonly records: number } | UnreadableRequest;
