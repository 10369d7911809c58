import http from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';

import { startTimer, stopTimer } from '@telltale/instrument';

import type { PostRequest } from '../at-exit/last-send.ts';

/** Captured before HTTP instrumentation patches them, so exports create no spans. */
const requestHttp: typeof http.request = http.request;
const requestHttps: typeof https.request = https.request;
const RESPONSE_BYTES_MAX = 1024 * 1024;
const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** The figures of upstream's exporters. */
const RETRIES_MAX = 5;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 5_000;
const BACKOFF_FACTOR = 1.5;
const JITTER = 0.2;

export interface TransportOptions {
  readonly url: string;
  readonly headers: () => Promise<Record<string, string>> | Record<string, string>;
  readonly agent: (protocol: string) => http.Agent | https.Agent | Promise<http.Agent>;
  readonly isGzip: boolean;
  readonly timeoutMs: number;
  /** False for the default address: a service that is not there costs one attempt. */
  readonly retries: boolean;
}

type SendReason = 'refused' | 'timeout' | 'network' | 'status' | 'response_size' | 'aborted';

export type SendResult = { readonly ok: true; readonly body: Buffer } | Failure;

interface Failure {
  readonly ok: false;
  readonly reason: SendReason;
  readonly detail: string;
  readonly isRetryable: boolean;
  /** How long the server asks to wait, if it does. */
  readonly retryAfterMs?: number;
}

/**
 * Sends bytes by HTTP without ever holding the process: sockets and timers are unreferenced, so an
 * application that is done ends, and a caller that flushes keeps it alive for as long as it waits.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #pending = new Set<() => void>();
  readonly #running = new Set<() => void>();
  /** Bodies that the operating system has not taken whole, so they cannot have been read. */
  readonly #unsent = new Set<Uint8Array>();
  #isClosing = false;
  #last: Pick<PostRequest, 'headers' | 'tls'> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    // For a process that ends before its first export, which has no time to wait for them.
    void this.#prepare().catch(() => {});
  }

  /** The bodies that were accepted by `send` and have certainly not arrived. */
  unsent(): readonly PostRequest[] {
    return [...this.#unsent].flatMap((body) => this.requestOf(body));
  }

  /** A request that another thread can send, as `send` would. Empty before headers are known. */
  requestOf(body: Uint8Array): readonly PostRequest[] {
    if (this.#last === undefined) return [];
    const { headers, tls } = this.#last;
    const { url, isGzip } = this.#options;
    const payload = isGzip ? gzipSync(body) : body;
    const length = { 'Content-Length': String(payload.byteLength) };
    return [{ url, headers: { ...headers, ...length }, tls, body: payload }];
  }

  /** Never rejects. */
  async send(body: Uint8Array): Promise<SendResult> {
    this.#unsent.add(body);
    try {
      return await this.#sendWithRetries(body);
    } finally {
      this.#unsent.delete(body);
    }
  }

  /** As upstream: at most five times more, within the time of one export, when the server says so. */
  async #sendWithRetries(body: Uint8Array): Promise<SendResult> {
    const deadlineMs = performance.now() + this.#options.timeoutMs;
    let backoffMs = BACKOFF_FIRST_MS;
    let result = await this.#sendOnce(body, this.#options.timeoutMs);
    for (let retry = 0; this.#options.retries && retry < RETRIES_MAX; retry++) {
      if (result.ok || !result.isRetryable || this.#isClosing) break;
      const jitter = 1 + JITTER * (2 * Math.random() - 1);
      const waitMs = result.retryAfterMs ?? Math.min(backoffMs * jitter, BACKOFF_MAX_MS);
      backoffMs *= BACKOFF_FACTOR;
      // A retry that cannot be answered in time would only hold the next export back.
      if (performance.now() + waitMs > deadlineMs) break;
      // The server had the body and gave it back: it has not arrived.
      this.#unsent.add(body);
      await this.#wait(waitMs);
      if (this.#isClosing) break;
      result = await this.#sendOnce(body, Math.max(1, deadlineMs - performance.now()));
    }
    return result;
  }

  /** From now on no retry is waited for. */
  close(): void {
    this.#isClosing = true;
    for (const wake of this.#pending) wake();
  }

  /** Gives up the requests on their way. */
  abort(): void {
    this.close();
    for (const giveUp of this.#running) giveUp();
  }

  /** Undoes `close` after a flush of a process that lives on. */
  reopen(): void {
    this.#isClosing = false;
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        stopTimer(timer);
        this.#pending.delete(wake);
        resolve();
      };
      const timer = startTimer(wake, delayMs);
      timer.unref();
      this.#pending.add(wake);
    });
  }

  /** What a request needs besides its body; kept for the end of the process. */
  async #prepare(): Promise<{
    readonly url: URL;
    readonly headers: Record<string, string>;
    readonly agent: http.Agent;
  }> {
    const url = new URL(this.#options.url);
    const headers = { ...(await this.#options.headers()) };
    const agent = await this.#options.agent(url.protocol);
    if (this.#options.isGzip) headers['Content-Encoding'] = 'gzip';
    // The thread that sends at the end can be given these, and no agent.
    const { ca, cert, key } = (agent as https.Agent).options;
    this.#last = { headers, tls: url.protocol === 'https:' ? { ca, cert, key } : {} };
    return { url, headers, agent };
  }

  async #sendOnce(body: Uint8Array, timeoutMs: number): Promise<SendResult> {
    try {
      const { url, headers, agent } = await this.#prepare();
      const payload = this.#options.isGzip ? gzipSync(body) : body;
      return await exchange({
        url,
        headers,
        agent,
        payload,
        timeoutMs,
        running: this.#running,
        onSent: () => this.#unsent.delete(body),
      });
    } catch (cause) {
      return failure('network', String(cause), false);
    }
  }
}

interface Exchange {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly agent: http.Agent;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
  /** Where the exchange leaves the means to give it up. */
  readonly running: Set<() => void>;
  /** Called once the operating system has all of it. */
  readonly onSent: () => void;
}

function exchange({
  url,
  headers,
  agent,
  payload,
  timeoutMs,
  running,
  onSent,
}: Exchange): Promise<SendResult> {
  return new Promise((resolve) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = start(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(payload.byteLength) },
      agent,
    });
    const timer = startTimer(() => {
      settle(failure('timeout', `no answer within ${timeoutMs} ms`, true));
    }, timeoutMs);
    timer.unref();
    const giveUp = (): void => settle(failure('aborted', 'given up', false));
    running.add(giveUp);
    const settle = (result: SendResult): void => {
      stopTimer(timer);
      running.delete(giveUp);
      resolve(result);
      // Else a server that hangs would hold the connection until it answers.
      if (!result.ok) request.destroy();
    };
    // An export on its way must not keep an application that is done.
    request.on('socket', (socket) => socket.unref());
    request.on('finish', onSent);
    request.on('error', (error) => settle(networkFailure(error)));
    request.on('response', (response) => receive(response, settle));
    request.end(payload);
  });
}

function receive(response: http.IncomingMessage, settle: (result: SendResult) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= RESPONSE_BYTES_MAX) chunks.push(chunk);
    // `settle` destroys the request: what a broken server sends on is not read.
    else settle(failure('response_size', `answer above ${RESPONSE_BYTES_MAX} bytes`, false));
  });
  response.on('error', (error) => settle(networkFailure(error)));
  response.on('end', () => {
    const status = response.statusCode ?? 0;
    if (status >= 200 && status <= 299) settle({ ok: true, body: Buffer.concat(chunks) });
    else {
      const retryAfterMs = waitOf(response.headers['retry-after']);
      const refused = failure('status', `HTTP ${status}`, RETRY_STATUSES.has(status));
      settle(retryAfterMs === undefined ? refused : { ...refused, retryAfterMs });
    }
  });
}

/** `Retry-After` in milliseconds: seconds from now, or a date. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function failure(reason: SendReason, detail: string, isRetryable: boolean): Failure {
  return { ok: false, reason, detail, isRetryable };
}

function networkFailure(error: NodeJS.ErrnoException): SendResult {
  const { code } = error;
  if (code === 'ECONNREFUSED') return failure('refused', 'connection refused', true);
  // Parser errors (`HPE_*`) mean that it speaks something else than HTTP; trying again is no use.
  const isParser = code?.startsWith('HPE_') ?? false;
  return failure('network', isParser ? 'answer is not HTTP' : (code ?? error.message), !isParser);
}
