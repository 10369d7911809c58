import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

import { reasonOf, report, reportOnce } from '../diagnostics.ts';
import { countExportFailure } from '../self-metrics.ts';
import {
  addExporter,
  type ExporterStatus,
  type RunningExporter,
  removeExporter,
} from './running-exporters.ts';
import type { SendResult, Transport } from './transport.ts';

export type Signal = 'traces' | 'metrics' | 'logs';

/** Turns what the SDK hands over into bytes of OTLP. */
export interface OtlpSerializer<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(body: Uint8Array): { readonly partialSuccess?: unknown } | undefined;
}

export interface OtlpExporterOptions<T> {
  readonly signal: Signal;
  readonly url: string;
  readonly serializer: OtlpSerializer<T>;
  readonly transport: Transport;
  /** False for the address that nobody named: that nothing listens there is told once, not counted. */
  readonly isConfigured: boolean;
}

/** Exports on their way at once. Beyond it a backend is too slow and exports are dropped. */
const IN_FLIGHT_MAX = 16;

/**
 * An exporter that answers the SDK at once and sends in the background. The SDK's processors hold
 * the process with a timer until an export is answered, 10 s or more with a backend that hangs.
 */
export class OtlpExporter<T> implements RunningExporter {
  readonly #options: OtlpExporterOptions<T>;
  readonly #inFlight = new Set<Promise<void>>();
  #isShutDown = false;
  #successes = 0;
  #failures = 0;
  #lastSuccessMs: number | undefined;
  #lastFailure: { readonly atMs: number; readonly reason: string } | undefined;

  constructor(options: OtlpExporterOptions<T>) {
    this.#options = options;
    addExporter(this);
  }

  export(items: T, resultCallback: (result: ExportResult) => void): void {
    if (this.#isShutDown) {
      resultCallback({ code: ExportResultCode.FAILED });
      return;
    }
    resultCallback({ code: ExportResultCode.SUCCESS });
    const { signal, url } = this.#options;
    if (this.#inFlight.size >= IN_FLIGHT_MAX) {
      this.#failed('overflow', `${IN_FLIGHT_MAX} exports are still on their way`);
      return;
    }
    let body: Uint8Array | undefined;
    try {
      body = this.#options.serializer.serializeRequest(items);
    } catch (cause) {
      countExportFailure(signal, 'serialization');
      report(`export ${signal}`, `Cannot encode ${signal} for ${url}: ${reasonOf(cause)}`);
    }
    if (body !== undefined) this.#track(this.#send(body));
  }

  /** Resolves when everything on its way has arrived or failed. */
  async forceFlush(): Promise<void> {
    this.#options.transport.close();
    try {
      while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    } finally {
      if (!this.#isShutDown) this.#options.transport.reopen();
    }
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
    removeExporter(this);
  }

  abort(): void {
    this.#options.transport.abort();
  }

  status(): ExporterStatus {
    const { signal, url } = this.#options;
    const { atMs, reason } = this.#lastFailure ?? { atMs: undefined, reason: '' };
    return {
      signal,
      url: withoutSecrets(url),
      successes: this.#successes,
      failures: this.#failures,
      ...(this.#lastSuccessMs === undefined
        ? {}
        : { last_success: new Date(this.#lastSuccessMs).toISOString() }),
      ...(atMs === undefined ? {} : { last_failure: { at: new Date(atMs).toISOString(), reason } }),
    };
  }

  #track(sending: Promise<void>): void {
    this.#inFlight.add(sending);
    void sending.finally(() => this.#inFlight.delete(sending));
  }

  async #send(body: Uint8Array): Promise<void> {
    const result = await this.#options.transport.send(body);
    if (result.ok) {
      this.#successes += 1;
      this.#lastSuccessMs = Date.now();
      this.#readAnswer(result);
    } else this.#failed(result.reason, result.detail);
  }

  #readAnswer(result: Extract<SendResult, { ok: true }>): void {
    if (result.body.length === 0) return;
    let answer: { readonly partialSuccess?: unknown } | undefined;
    try {
      answer = this.#options.serializer.deserializeResponse(result.body);
    } catch {
      // Accepted with 2xx: what else it says has no meaning in OTLP.
      return;
    }
    const { rejected, message } = rejection(answer?.partialSuccess);
    if (rejected > 0) this.#failed('rejected', `${rejected} items were refused: ${message}`);
  }

  #failed(reason: string, detail: string): void {
    const { signal, url, isConfigured } = this.#options;
    this.#failures += 1;
    this.#lastFailure = { atMs: Date.now(), reason };
    const kind = `export ${new URL(url).host}`;
    const message = `Cannot export ${signal} to ${withoutSecrets(url)}: ${detail}`;
    if (reason === 'refused' && !isConfigured) {
      reportOnce(kind, `${message}; nothing listens there and nobody set an address`);
      return;
    }
    countExportFailure(signal, reason);
    // Whoever aborted has told so already.
    if (reason !== 'aborted') report(kind, message);
  }
}

function rejection(partial: unknown): { readonly rejected: number; readonly message: string } {
  if (typeof partial !== 'object' || partial === null) return { rejected: 0, message: '' };
  const entries = Object.entries(partial as Record<string, unknown>);
  const rejected = entries.find(([name]) => name.startsWith('rejected'))?.[1];
  const message = entries.find(([name]) => name === 'errorMessage')?.[1];
  return { rejected: Number(rejected ?? 0), message: typeof message === 'string' ? message : '' };
}

/** An address without the user, password and query that it may carry. */
export function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'an address that is not a URL';
  }
}
