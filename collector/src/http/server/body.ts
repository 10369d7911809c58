import type { IncomingMessage } from 'node:http';

import type { ArrivingBodies, ArrivingBody, CutReason } from './arriving-bodies.ts';

export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'cut'; readonly reason: CutReason };

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const NO_BODY: BodyResult = { kind: 'body', bytes: Buffer.alloc(0) };

/** Reads a body and stops at the limit, by its announced length where there is one. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  arriving: ArrivingBodies,
): Promise<BodyResult> {
  if (!hasBody(request)) return Promise.resolve(NO_BODY);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return Promise.resolve({ kind: 'too large' });
  return new Promise((resolve) => {
    let place: ArrivingBody | undefined;
    const settle = (result: BodyResult): void => {
      place?.leave();
      request.removeAllListeners('data');
      resolve(result);
    };
    place = arriving.enter(request.socket.remoteAddress ?? '', (reason) =>
      settle({ kind: 'cut', reason }),
    );
    if (place === undefined) settle({ kind: 'cut', reason: 'too many' });
    else gather(request, { bytesMax, place }, settle);
  });
}

function gather(
  request: IncomingMessage,
  { bytesMax, place }: { readonly bytesMax: number; readonly place: ArrivingBody },
  settle: (result: BodyResult) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > bytesMax) {
      settle({ kind: 'too large' });
      return;
    }
    chunks.push(chunk);
    place.add(chunk.byteLength);
  });
  request.once('end', () => {
    const bytes = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    settle({ kind: 'body', bytes });
  });
  request.once('error', () => settle({ kind: 'aborted' }));
  request.once('close', () => settle({ kind: 'aborted' }));
}
