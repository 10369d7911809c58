import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

import { reasonOf } from '../diagnostics.ts';
import type { PostRequest } from './at-exit/last-send.ts';
import { BackgroundExporter } from './background-exporter.ts';
import type { Destination } from './delivery.ts';

/** What an exporter of upstream does; `load` brings one when the first export needs it. */
export interface Upstream<T> {
  export(items: T, resultCallback: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** Makes a request of items that needs neither this thread nor the exporter. */
type LastRequest<T> = (items: T) => PostRequest | undefined;

export interface UpstreamParts<T> {
  readonly load: () => Promise<Upstream<T>>;
  /** For a process that ends at once; absent where what is held then is lost. */
  readonly toRequest?: LastRequest<T>;
}

/** The gRPC status of a server that is not there, or goes away: its text names neither. */
const REFUSED = /ECONNREFUSED|UNAVAILABLE|No connection established/u;
const LATE = /DEADLINE_EXCEEDED|timeout|timed out/iu;

/**
 * An exporter of upstream that is loaded when it is first needed: gRPC and Zipkin cost memory and
 * time that only those pay who ask for them. It answers the SDK at once, as `OtlpExporter` does, and
 * what fails is counted, told and shown in the status.
 */
export class UpstreamExporter<T> extends BackgroundExporter<T> {
  readonly #load: () => Promise<Upstream<T>>;
  readonly #toRequest: LastRequest<T> | undefined;
  /** What waits for the exporter to be loaded, and has certainly not left. */
  readonly #unsent = new Set<T>();
  #upstream: Promise<Upstream<T>> | undefined;
  #giveUp: () => void = () => {};

  constructor(destination: Destination, { load, toRequest }: UpstreamParts<T>) {
    super(destination);
    this.#load = load;
    this.#toRequest = toRequest;
  }

  /** Resolves when everything on its way has arrived, failed, or was given up. */
  async forceFlush(): Promise<void> {
    const givenUp = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    await Promise.race([Promise.all(this.inFlight), givenUp]);
  }

  override async shutdown(): Promise<void> {
    await super.shutdown();
    await (await this.#upstream)?.shutdown();
  }

  abort(): void {
    this.isGivenUp = true;
    this.#giveUp();
    void this.#upstream?.then((upstream) => upstream.shutdown()).catch(() => {});
  }

  protected unsent(items: T | undefined): readonly PostRequest[] {
    const toRequest = this.#toRequest;
    if (toRequest === undefined) return [];
    const held = [...this.#unsent, ...(items === undefined ? [] : [items])];
    return held.flatMap((one) => toRequest(one) ?? []);
  }

  protected async send(items: T): Promise<void> {
    this.#unsent.add(items);
    try {
      this.#upstream ??= this.#load();
      const upstream = await this.#upstream;
      this.#unsent.delete(items);
      const { code, error } = await new Promise<ExportResult>((resolve) => {
        upstream.export(items, resolve);
      });
      if (code === ExportResultCode.SUCCESS) this.delivery.succeeded();
      else this.#failed(error);
    } catch (cause) {
      this.#unsent.delete(items);
      this.#failed(cause);
    }
  }

  #failed(cause: unknown): void {
    const detail = cause === undefined ? 'it was refused' : reasonOf(cause);
    if (REFUSED.test(detail)) this.delivery.failed('refused', 'connection refused');
    else this.delivery.failed(LATE.test(detail) ? 'timeout' : 'network', detail);
  }
}
