import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';

import { context, createContextKey } from '@opentelemetry/api';

/** Captured before anything patches them: these requests are no traffic of the application. */
const requestHttp: typeof http.request = http.request;
const requestHttps: typeof https.request = https.request;
/** The key under which the SDK of OpenTelemetry keeps whether spans are wanted. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const TIMEOUT_MS = 2_000;

export interface FleetClientOptions {
  /** Address of the alert service, such as `http://127.0.0.1:4328`. */
  readonly url: string;
  /** Sent as bearer token. */
  readonly key?: string | undefined;
  /** A file whose first line is the key; read at every request, so that a new key needs no restart. */
  readonly keyFile?: string | undefined;
  /** Default 2000. */
  readonly timeoutMs?: number;
}

export type FleetAnswer =
  | { readonly ok: true; readonly status: number; readonly etag?: string; readonly body: string }
  | { readonly ok: false; readonly reason: string };

interface FleetRequest {
  readonly method: 'GET' | 'POST';
  /** From `/monitoring` on, with its query. */
  readonly path: string;
  readonly etag?: string | undefined;
  readonly body?: string;
}

/**
 * Asks the alert service. No answer within two seconds is none, nothing here holds a process that is
 * done, and no span is made of it.
 */
export class FleetClient {
  readonly #options: FleetClientOptions;
  readonly #running = new Set<() => void>();

  constructor(options: FleetClientOptions) {
    this.#options = options;
  }

  /** The address without credentials. */
  get place(): string {
    try {
      const { origin, pathname } = new URL(this.#options.url);
      return `${origin}${pathname.replace(/\/+$/u, '')}`;
    } catch {
      return 'the fleet';
    }
  }

  /** Never rejects. */
  async send(request: FleetRequest): Promise<FleetAnswer> {
    try {
      const url = new URL(`${this.#options.url.replace(/\/+$/u, '')}${request.path}`);
      const headers = await this.#headers(request);
      const quiet = context.active().setValue(SUPPRESS_TRACING, true);
      return await context.with(quiet, () => this.#exchange(url, { ...request, headers }));
    } catch (cause) {
      return { ok: false, reason: reasonOf(cause) };
    }
  }

  /** Gives up what is on its way. */
  stop(): void {
    for (const giveUp of this.#running) giveUp();
  }

  async #headers({ etag, body }: FleetRequest): Promise<http.OutgoingHttpHeaders> {
    const { key, keyFile } = this.#options;
    const bearer = keyFile === undefined ? key : firstLine(await readFile(keyFile, 'utf8'));
    return {
      accept: 'application/json',
      ...(bearer === undefined || bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
  }

  #exchange(
    url: URL,
    { method, headers, body }: FleetRequest & { readonly headers: http.OutgoingHttpHeaders },
  ): Promise<FleetAnswer> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS;
    return new Promise((resolve) => {
      const start = url.protocol === 'https:' ? requestHttps : requestHttp;
      // A connection of its own: those of the application have limits and settings of theirs.
      const request = start(url, { method, headers, agent: false });
      const settle = (answer: FleetAnswer): void => {
        clearTimeout(timer);
        this.#running.delete(giveUp);
        resolve(answer);
        if (!answer.ok) request.destroy();
      };
      const giveUp = (): void => settle({ ok: false, reason: 'given up' });
      const timer = setTimeout(
        () => settle({ ok: false, reason: `no answer within ${timeoutMs} ms` }),
        timeoutMs,
      );
      timer.unref();
      this.#running.add(giveUp);
      request.on('socket', (socket) => socket.unref());
      request.on('error', (cause) => settle({ ok: false, reason: reasonOf(cause) }));
      request.on('response', (response) => receive(response, settle));
      request.end(body);
    });
  }
}

function receive(response: http.IncomingMessage, settle: (answer: FleetAnswer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
    else settle({ ok: false, reason: `answer above ${ANSWER_BYTES_MAX} bytes` });
  });
  response.on('error', (cause) => settle({ ok: false, reason: reasonOf(cause) }));
  response.on('end', () => {
    const { etag } = response.headers;
    settle({
      ok: true,
      status: response.statusCode ?? 0,
      ...(etag === undefined ? {} : { etag }),
      body: Buffer.concat(chunks).toString('utf8'),
    });
  });
}

const firstLine = (text: string): string =>
  text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#')) ?? '';

/** The reason of a failure without its stack. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
