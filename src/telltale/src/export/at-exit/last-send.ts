import { Worker } from 'node:worker_threads';

/** One HTTP request that needs nothing of this thread any more. */
export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Certificates and key, where the address needs them. */
  readonly tls: Readonly<Record<string, unknown>>;
  /** Whether it is a call of gRPC: over HTTP/2, and the answer is in the trailers. */
  readonly isGrpc?: true;
}

/** Slots of the memory that both threads see. */
const OPEN = 0;
const DELIVERED = 1;

/** Runs in the other thread; plain text, because a bundle has no file for it. */
const SENDER = `
const { workerData: { requests, shared } } = require('node:worker_threads');
const slots = new Int32Array(shared);
function call({ url, headers, body, tls }, settle) {
  const { origin, pathname } = new URL(url);
  const session = require('node:http2').connect(origin, tls);
  const end = (delivered) => {
    settle(delivered);
    session.destroy();
  };
  session.on('error', () => end(0));
  const stream = session.request({ ':method': 'POST', ':path': pathname, ...headers });
  stream.on('error', () => end(0));
  // A refused call has its status in the only headers that come.
  const read = (headers) => {
    if ('grpc-status' in headers) end(headers['grpc-status'] === '0' ? 1 : 0);
  };
  stream.on('response', read);
  stream.on('trailers', read);
  stream.on('close', () => end(0));
  stream.resume();
  stream.end(body);
}
for (const request of requests) {
  const { url, headers, body, tls, isGrpc } = request;
  let isOpen = true;
  const settle = (delivered) => {
    if (!isOpen) return;
    isOpen = false;
    Atomics.add(slots, ${DELIVERED}, delivered);
    Atomics.sub(slots, ${OPEN}, 1);
    Atomics.notify(slots, ${OPEN});
  };
  try {
    if (isGrpc) {
      call(request, settle);
      continue;
    }
    const http = require(url.startsWith('https:') ? 'node:https' : 'node:http');
    const sent = http.request(url, { method: 'POST', headers, agent: false, ...tls });
    sent.on('error', () => settle(0));
    sent.on('response', (response) => {
      response.resume();
      settle(response.statusCode >= 200 && response.statusCode <= 299 ? 1 : 0);
    });
    sent.end(body);
  } catch {
    settle(0);
  }
}`;

/**
 * Sends requests while this thread stands still, for a process that is about to end: another thread
 * sends, and this one waits for it, at most `timeoutMs`. Nothing of the application runs meanwhile.
 * Returns how many were accepted. Never throws.
 */
export function sendNow(requests: readonly PostRequest[], timeoutMs: number): number {
  if (requests.length === 0 || timeoutMs <= 0) return 0;
  const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const slots = new Int32Array(shared);
  Atomics.store(slots, OPEN, requests.length);
  try {
    const worker = new Worker(SENDER, {
      eval: true,
      workerData: { requests, shared },
      // Neither our flag nor that of another tool: it only sends.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    });
    worker.unref();
    worker.on('error', () => {});
  } catch {
    return 0;
  }
  const endMs = performance.now() + timeoutMs;
  for (let open = requests.length; open > 0; open = Atomics.load(slots, OPEN)) {
    const leftMs = endMs - performance.now();
    if (leftMs <= 0 || Atomics.wait(slots, OPEN, open, leftMs) === 'timed-out') break;
  }
  return Atomics.load(slots, DELIVERED);
}
