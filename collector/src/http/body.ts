import type { IncomingMessage } from 'node:http';
import { gunzip, gunzipSync } from 'node:zlib';

export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'aborted' };

/** Reads a body and stops at the limit, by its announced length where there is one. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyResult> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return Promise.resolve({ kind: 'too large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > bytesMax) {
        chunks.length = 0;
        request.removeAllListeners('data');
        resolve({ kind: 'too large' });
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => {
      resolve({
        kind: 'body',
        bytes: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks),
      });
    });
    request.once('error', () => resolve({ kind: 'aborted' }));
    request.once('close', () => resolve({ kind: 'aborted' }));
  });
}

export type InflateResult =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'malformed'; readonly message: string };

/** Up to this size inflating costs less than handing the work to another thread. */
const INFLATE_INLINE_BYTES_MAX = 32 * 1024;

/** Inflates gzip and stops as soon as the output passes the limit. */
export async function inflate(bytes: Uint8Array, bytesMax: number): Promise<InflateResult> {
  const options = { maxOutputLength: bytesMax };
  try {
    if (bytes.byteLength <= INFLATE_INLINE_BYTES_MAX) {
      return { kind: 'bytes', bytes: gunzipSync(bytes, options) };
    }
    return await new Promise((resolve, reject) => {
      gunzip(bytes, options, (error, result) => {
        if (error === null) resolve({ kind: 'bytes', bytes: result });
        else reject(error);
      });
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return { kind: 'too large' };
    return { kind: 'malformed', message: (cause as Error).message };
  }
}
