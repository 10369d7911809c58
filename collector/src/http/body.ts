import type { IncomingMessage } from 'node:http';

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
