import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

import { reasonOf } from '../../diagnostics.ts';
import type { PostRequest } from '../at-exit/last-send.ts';
import { Delivery, type Destination } from '../delivery.ts';
import {
  addExporter,
  type ExporterStatus,
  type RunningExporter,
  removeExporter,
} from '../running-exporters.ts';
import type { SendResult, Transport } from './transport.ts';

/** Turns what the SDK hands over into bytes of OTLP. */
export interface OtlpSerializer<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(body: Uint8Array): { readonly partialSuccess?: unknown } | undefined;
}

export interface OtlpExporterOptions<T> extends Destination {
  readonly serializer: OtlpSerializer<T>;
  readonly transport: Transport;
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
  readonly #delivery: Delivery;
  #isShutDown = false;
  #isGivenUp = false;

  constructor(options: OtlpExporterOptions<T>) {
    this.#options = options;
    this.#delivery = new Delivery(options);
    addExporter(this);
  }

  export(items: T, resultCallback: (result: ExportResult) => void): void {
    if (this.#isShutDown) {
      resultCallback({ code: ExportResultCode.FAILED });
      return;
    }
    resultCallback({ code: ExportResultCode.SUCCESS });
    this.#isGivenUp = false;
    if (this.#inFlight.size >= IN_FLIGHT_MAX) {
      this.#delivery.failed('overflow', `${IN_FLIGHT_MAX} exports are still on their way`);
      return;
    }
    let body: Uint8Array | undefined;
    try {
      body = this.#options.serializer.serializeRequest(items);
    } catch (cause) {
      this.#delivery.failed('serialization', `cannot encode them: ${reasonOf(cause)}`);
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
    this.#isGivenUp = true;
    this.#options.transport.abort();
  }

  /**
   * What has certainly not arrived, and these items, as requests for a process that ends at once.
   * Nothing where no address is set and nothing listened so far, or where a flush gave up.
   */
  lastRequests(items: T | undefined): readonly PostRequest[] {
    const { transport, serializer, isConfigured } = this.#options;
    if (this.#isShutDown || this.#isGivenUp) return [];
    if (!isConfigured && !this.#delivery.hasSucceeded) return [];
    const unsent = transport.unsent();
    const body = items === undefined ? undefined : serializer.serializeRequest(items);
    return body === undefined ? unsent : [...unsent, ...transport.requestOf(body)];
  }

  status(): ExporterStatus {
    return this.#delivery.status();
  }

  #track(sending: Promise<void>): void {
    this.#inFlight.add(sending);
    void sending.finally(() => this.#inFlight.delete(sending));
  }

  async #send(body: Uint8Array): Promise<void> {
    const result = await this.#options.transport.send(body);
    if (result.ok) {
      this.#delivery.succeeded();
      this.#readAnswer(result);
    } else this.#delivery.failed(result.reason, result.detail);
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
    if (rejected > 0) {
      this.#delivery.failed('rejected', `${rejected} items were refused: ${message}`);
    } else if (message !== '') this.#delivery.warned(message);
  }
}

function rejection(partial: unknown): { readonly rejected: number; readonly message: string } {
  if (typeof partial !== 'object' || partial === null) return { rejected: 0, message: '' };
  const entries = Object.entries(partial as Record<string, unknown>);
  const rejected = entries.find(([name]) => name.startsWith('rejected'))?.[1];
  const message = entries.find(([name]) => name === 'errorMessage')?.[1];
  return { rejected: Number(rejected ?? 0), message: typeof message === 'string' ? message : '' };
}
