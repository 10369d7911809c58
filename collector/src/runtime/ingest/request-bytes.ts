import type { OtlpEncoding } from '../../otlp/response.ts';
import { inflate } from './inflate.ts';

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

/** The body without its compression, inside the limit before and after. */
export async function requestBytes(
  { body, isGzip }: OtlpRequest,
  bodyBytesMax: number,
): Promise<Uint8Array | UnreadableRequest> {
  const message = `Cannot accept more than ${bodyBytesMax} bytes in one request`;
  if (!isGzip) return body.byteLength > bodyBytesMax ? { kind: 'too large', message } : body;
  const result = await inflate(body, bodyBytesMax);
  if (result.kind === 'bytes') return result.bytes;
  if (result.kind === 'too large') return { kind: 'too large', message };
  return { kind: 'malformed', message: `Cannot inflate gzip: ${result.message}` };
}
