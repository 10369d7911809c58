import type { ServerHttp2Stream } from 'node:http2';

import type { ArrivingBodies, ArrivingBody, CutReason } from './arriving-bodies.ts';

/** u8 compressed, u32 length. */
export const FRAME_HEAD_BYTES = 5;

export type StreamBody =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'cut'; readonly reason: CutReason };

/** Reads a stream and stops at the limit. @throws {Error} when the client goes away. */
export function readStream(
  stream: ServerHttp2Stream,
  bytesMax: number,
  arriving: ArrivingBodies,
): Promise<StreamBody> {
  return new Promise((resolve, reject) => {
    let place: ArrivingBody | undefined;
    const settle = (result: StreamBody): void => {
      place?.leave();
      stream.removeAllListeners('data');
      // Flow control then stops a client that goes on sending.
      stream.pause();
      resolve(result);
    };
    const address = stream.session?.socket.remoteAddress ?? '';
    place = arriving.enter(address, (reason) => settle({ kind: 'cut', reason }));
    if (place === undefined) {
      settle({ kind: 'cut', reason: 'too many' });
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > bytesMax) {
        settle({ kind: 'too large' });
        return;
      }
      chunks.push(chunk);
      place?.add(chunk.byteLength);
    });
    stream.once('end', () => settle({ kind: 'body', bytes: Buffer.concat(chunks) }));
    stream.once('close', () => {
      place?.leave();
      // Without effect on a body that has been settled.
      reject(new Error('The client went away'));
    });
  });
}

/** The one message of a unary call; `undefined` when the bytes are no whole frame. */
export function readFrame(
  body: Buffer,
): { readonly isCompressed: boolean; readonly message: Buffer } | undefined {
  if (body.length < FRAME_HEAD_BYTES) return undefined;
  const length = body.readUInt32BE(1);
  if (length !== body.length - FRAME_HEAD_BYTES) return undefined;
  return { isCompressed: body.readUInt8(0) === 1, message: body.subarray(FRAME_HEAD_BYTES) };
}

export interface GrpcAnswer {
  readonly status: number;
  readonly message?: string;
  readonly body?: Uint8Array;
}

/** Answers a call; what the client still sends is refused. */
export function sendAnswer(stream: ServerHttp2Stream, { status, message, body }: GrpcAnswer): void {
  if (stream.destroyed) return;
  const trailers = {
    'grpc-status': String(status),
    ...(message === undefined ? {} : { 'grpc-message': encodeURIComponent(message) }),
  };
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  if (body === undefined) {
    stream.respond({ ...headers, ...trailers }, { endStream: true });
    // Without this a client that goes on sending keeps the stream and its buffers.
    if (!stream.readableEnded) stream.close();
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([head, body]));
}
