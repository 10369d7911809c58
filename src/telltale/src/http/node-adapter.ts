import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  failure,
  type MonitoringRequest,
  type MonitoringResponse,
  withHeaders,
} from './message.ts';
import type { Router } from './router.ts';

const BODY_BYTES_MAX = 65_536;
const TARGET_LENGTH_MAX = 4_096;
const BODY_TIMEOUT_MS = 5_000;

/** Answers a request of `node:http` through a router. Never rejects. */
export async function answerNode(
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  try {
    const read = await readRequest(request);
    send(response, 'status' in read ? read : await router({ ...read, signal: left.signal }));
  } catch {
    // The client went away, or something of ours broke: either way the connection ends.
    response.destroy();
  }
}

async function readRequest(
  request: IncomingMessage,
): Promise<MonitoringRequest | MonitoringResponse> {
  const target = request.url ?? '/';
  if (target.length > TARGET_LENGTH_MAX) {
    return failure(414, 'uri_too_long', `Cannot read a path over ${TARGET_LENGTH_MAX} characters`);
  }
  const [path = '/', query = ''] = target.split('?', 2);
  const head = {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
  };
  if (head.method === 'GET' || head.method === 'HEAD') return head;
  const body = await readBody(request);
  if (body !== undefined) return { ...head, body };
  const message = `Cannot take a body over ${BODY_BYTES_MAX} bytes, or one that stalls`;
  return withHeaders(failure(413, 'body_too_large', message), { connection: 'close' });
}

/** The body, or `undefined` when it is too large or does not arrive in time. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  timer.unref();
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, { status, headers, body }: MonitoringResponse): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
