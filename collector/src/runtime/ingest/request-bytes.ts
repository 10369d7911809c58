import type { OtlpRequest, UnreadableRequest } from '../../exchange/ingest.ts';
import { inflate } from './inflate.ts';
import type { SpareBuffers } from './spare-buffers.ts';

export interface BodyBounds {
  /** Most bytes of a body, before and after its compression is undone. */
  readonly bodyBytesMax: number;
  readonly spare: SpareBuffers;
}

/**
 * What `read` makes of the body without its compression, or why there is none. `read` must keep
 * neither the bytes nor a view of them: the next request is inflated into the same memory.
 */
export async function readBody<T>(
  { body, isGzip }: OtlpRequest,
  { bodyBytesMax, spare }: BodyBounds,
  read: (bytes: Uint8Array) => T,
): Promise<T | UnreadableRequest> {
  const message = `Cannot accept more than ${bodyBytesMax} bytes in one request`;
  if (!isGzip) return body.byteLength > bodyBytesMax ? { kind: 'too large', message } : read(body);
  const result = await inflate(body, bodyBytesMax, spare);
  if (result.kind === 'too large') return { kind: 'too large', message };
  if (result.kind === 'malformed') {
    return { kind: 'malformed', message: `Cannot inflate gzip: ${result.message}` };
  }
  try {
    return read(result.bytes);
  } finally {
    if (result.buffer !== undefined) spare.giveBack(result.buffer);
  }
}
