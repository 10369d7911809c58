import http from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';

/** Captured before anything patches them: exports are no traffic of the application. */
const requestHttp: typeof http.request = http.request;
const requestHttps: typeof https.request = https.request;
/** Captured because test suites replace the globals with fake timers. */
const startTimer: typeof setTimeout = setTimeout;
const stopTimer: typeof clearTimeout = clearTimeout;

const RESPONSE_BYTES_MAX = 1024 * 1024;
const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const RETRY_DELAYS_MS: readonly number[] = [1_000, 2_000];

export interface TransportOptions {
  readonly url: string;
  readonly headers: () => Promise<Record<string, string>> | Record<string, string>;
  readonly agent: (protocol: string) => http.Agent | https.Agent | Promise<http.Agent>;
  readonly isGzip: boolean;
  readonly timeoutMs: number;
  /** False for the address that nobody configured: a service that is not there costs one attempt. */
  readonly retries: boolean;
}

type SendReason = 'refused' | 'timeout' | 'network' | 'status' | 'response_size' | 'aborted';

export type SendResult =
  | { readonly ok: true; readonly body: Buffer }
  | {
      readonly ok: false;
      readonly reason: SendReason;
      readonly detail: string;
      readonly isRetryable: boolean;
    };

/**
 * Sends bytes by HTTP without ever holding the process: sockets and timers are unreferenced, so an
 * application that is done ends, and whoever flushes keeps it alive for as long as it wants.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #pending = new Set<() => void>();
  readonly #running = new Set<() => void>();
  #isClosing = false;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async send(body: Uint8Array): Promise<SendResult> {
    let result = await this.#sendOnce(body);
    for (const delayMs of this.#options.retries ? RETRY_DELAYS_MS : []) {
      if (result.ok || !result.isRetryable || this.#isClosing) break;
      await this.#wait(delayMs);
      if (this.#isClosing) break;
      result = await this.#sendOnce(body);
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

  async #sendOnce(body: Uint8Array): Promise<SendResult> {
    try {
      const url = new URL(this.#options.url);
      const headers = { ...(await this.#options.headers()) };
      const agent = await this.#options.agent(url.protocol);
      if (this.#options.isGzip) headers['Content-Encoding'] = 'gzip';
      const payload = this.#options.isGzip ? gzipSync(body) : body;
      const { timeoutMs } = this.#options;
      return await exchange({ url, headers, agent, payload, timeoutMs, running: this.#running });
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
}

function exchange({
  url,
  headers,
  agent,
  payload,
  timeoutMs,
  running,
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
      if (!result.ok) request.destroy();
    };
    request.on('socket', (socket) => socket.unref());
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
    else settle(failure('response_size', `answer above ${RESPONSE_BYTES_MAX} bytes`, false));
  });
  response.on('error', (error) => settle(networkFailure(error)));
  response.on('end', () => {
    const status = response.statusCode ?? 0;
    if (status >= 200 && status <= 299) settle({ ok: true, body: Buffer.concat(chunks) });
    else settle(failure('status', `HTTP ${status}`, RETRY_STATUSES.has(status)));
  });
}

function failure(reason: SendReason, detail: string, isRetryable: boolean): SendResult {
  return { ok: false, reason, detail, isRetryable };
}

function networkFailure(error: NodeJS.ErrnoException): SendResult {
  const { code } = error;
  if (code === 'ECONNREFUSED') return failure('refused', 'connection refused', true);
  // Parser errors (`HPE_*`) mean that it speaks something else than HTTP; trying again is no use.
  const isParser = code?.startsWith('HPE_') ?? false;
  return failure('network', isParser ? 'answer is not HTTP' : (code ?? error.message), !isParser);
}
