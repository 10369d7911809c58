import type { IncomingMessage, ServerResponse as NodeResponse } from 'node:http';

import type { ServerResponse } from '../message.ts';

/** How long an unread body is swallowed after a refusal, so that the client sees the answer. */
const DRAIN_MS = 2000;

/** A client that reads nothing for this long is cut off, for its answer takes memory. */
const STALL_MS = 10_000;

/** Writes an answer, piece by piece as the client reads it. */
export async function sendResponse(
  request: IncomingMessage,
  response: NodeResponse,
  answer: ServerResponse,
): Promise<void> {
  if (answer.stream !== undefined && request.method !== 'HEAD') {
    openStream(response, answer, answer.stream);
    return;
  }
  const pieces = piecesOf(answer.body);
  const isUnread = !request.complete;
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(pieces.reduce((sum, piece) => sum + piece.byteLength, 0)),
    ...(isUnread ? { connection: 'close' } : {}),
  });
  if (isUnread) swallow(request);
  if (request.method !== 'HEAD') await writePieces(response, pieces);
  response.end();
}

/** Bytes that may wait for a client that does not read; what comes then is left out. */
const STREAM_BYTES_MAX = 64 * 1024;

function openStream(
  response: NodeResponse,
  { status, headers }: ServerResponse,
  start: NonNullable<ServerResponse['stream']>,
): void {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  response.writeHead(status, { ...headers, connection: 'close' });
  response.flushHeaders();
  start({
    write: (text) => {
      if (response.destroyed || response.writableLength > STREAM_BYTES_MAX) return;
      response.write(text);
    },
    end: () => response.end(),
    signal: controller.signal,
  });
}

function piecesOf(body: ServerResponse['body'] = ''): Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body, 'utf8')];
  return body instanceof Uint8Array ? [body] : [...body];
}

async function writePieces(response: NodeResponse, pieces: Uint8Array[]): Promise<void> {
  // Shifted, so that what was sent is free while the rest waits.
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (response.destroyed) return;
    if (!response.write(piece) && pieces.length > 0) await room(response);
  }
}

function room(response: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), STALL_MS);
    timer.unref();
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

/** A reset would make the client miss the answer; a client that never ends is cut off. */
function swallow(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
