import type { OtlpRequest, UnreadableRequest } from '../../exchange/ingest.ts';
import { inflate } from './inflate.ts';

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
