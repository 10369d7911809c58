import { reasonOf } from '../../diagnostics.ts';
import type { PostRequest } from '../at-exit/last-send.ts';
import { BackgroundExporter } from '../background-exporter.ts';
import type { Destination } from '../delivery.ts';
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

/** Sends OTLP over HTTP. */
export class OtlpExporter<T> extends BackgroundExporter<T> {
  readonly #options: OtlpExporterOptions<T>;

  constructor(options: OtlpExporterOptions<T>) {
    super(options);
    this.#options = options;
  }

  /** Resolves when everything on its way has arrived or failed. */
  async forceFlush(): Promise<void> {
    this.#options.transport.close();
    try {
      while (this.inFlight.size > 0) await Promise.all(this.inFlight);
    } finally {
      if (!this.isShutDown) this.#options.transport.reopen();
    }
  }

  abort(): void {
    this.isGivenUp = true;
    this.#options.transport.abort();
  }

  protected unsent(items: T | undefined): readonly PostRequest[] {
    const { transport, serializer } = this.#options;
    const unsent = transport.unsent();
    const body = items === undefined ? undefined : serializer.serializeRequest(items);
    return body === undefined ? unsent : [...unsent, ...transport.requestOf(body)];
  }

  protected send(items: T): Promise<void> | undefined {
    let body: Uint8Array | undefined;
    try {
      body = this.#options.serializer.serializeRequest(items);
    } catch (cause) {
      this.delivery.failed('serialization', `cannot encode them: ${reasonOf(cause)}`);
    }
    return body === undefined ? undefined : this.#send(body);
  }

  async #send(body: Uint8Array): Promise<void> {
    const result = await this.#options.transport.send(body);
    if (result.ok) {
      this.delivery.succeeded();
      this.#readAnswer(result);
    } else this.delivery.failed(result.reason, result.detail);
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
      this.delivery.failed('rejected', `${rejected} items were refused: ${message}`);
    } else if (message !== '') this.delivery.warned(message);
  }
}

function rejection(partial: unknown): { readonly rejected: number; readonly message: string } {
  if (typeof partial !== 'object' || partial === null) return { rejected: 0, message: '' };
  const entries = Object.entries(partial as Record<string, unknown>);
  const rejected = entries.find(([name]) => name.startsWith('rejected'))?.[1];
  const message = entries.find(([name]) => name === 'errorMessage')?.[1];
  return { rejected: Number(rejected ?? 0), message: typeof message === 'string' ? message : '' };
}
