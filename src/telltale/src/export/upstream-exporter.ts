import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

import { reasonOf } from '../diagnostics.ts';
import type { PostRequest } from './at-exit/last-send.ts';
import { Delivery, type Destination } from './delivery.ts';
import {
  addExporter,
  type ExporterStatus,
  type RunningExporter,
  removeExporter,
} from './running-exporters.ts';

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

/** Exports on their way at once. Beyond it a backend is too slow and exports are dropped. */
const IN_FLIGHT_MAX = 16;
/** The gRPC status of a server that is not there, or goes away: its text names neither. */
const REFUSED = /ECONNREFUSED|UNAVAILABLE|No connection established/u;
const LATE = /DEADLINE_EXCEEDED|timeout|timed out/iu;

/**
 * An exporter of upstream that is loaded when it is first needed: gRPC and Zipkin cost memory and
 * time that only those pay who ask for them. It answers the SDK at once, as `OtlpExporter` does, and
 * what fails is counted, told and shown in the status.
 */
export class UpstreamExporter<T> implements RunningExporter {
  readonly #load: () => Promise<Upstream<T>>;
  readonly #toRequest: LastRequest<T> | undefined;
  /** What waits for the exporter to be loaded, and has certainly not left. */
  readonly #unsent = new Set<T>();
  readonly #destination: Destination;
  readonly #delivery: Delivery;
  readonly #inFlight = new Set<Promise<void>>();
  #upstream: Promise<Upstream<T>> | undefined;
  #isShutDown = false;
  #isGivenUp = false;
  #giveUp: () => void = () => {};

  constructor(destination: Destination, { load, toRequest }: UpstreamParts<T>) {
    this.#load = load;
    this.#toRequest = toRequest;
    this.#destination = destination;
    this.#delivery = new Delivery(destination);
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
    const sending = this.#send(items);
    this.#inFlight.add(sending);
    void sending.finally(() => this.#inFlight.delete(sending));
  }

  /** Resolves when everything on its way has arrived, failed, or was given up. */
  async forceFlush(): Promise<void> {
    const givenUp = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    await Promise.race([Promise.all(this.#inFlight), givenUp]);
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
    removeExporter(this);
    await (await this.#upstream)?.shutdown();
  }

  abort(): void {
    this.#isGivenUp = true;
    this.#giveUp();
    void this.#upstream?.then((upstream) => upstream.shutdown()).catch(() => {});
  }

  /** As `OtlpExporter.lastRequests`. */
  lastRequests(items: T | undefined): readonly PostRequest[] {
    if (this.#isShutDown || this.#isGivenUp || this.#toRequest === undefined) return [];
    if (!this.#destination.isConfigured && !this.#delivery.hasSucceeded) return [];
    const toRequest = this.#toRequest;
    const held = [...this.#unsent, ...(items === undefined ? [] : [items])];
    return held.flatMap((one) => toRequest(one) ?? []);
  }

  status(): ExporterStatus {
    return this.#delivery.status();
  }

  async #send(items: T): Promise<void> {
    this.#unsent.add(items);
    try {
      this.#upstream ??= this.#load();
      const upstream = await this.#upstream;
      this.#unsent.delete(items);
      const { code, error } = await new Promise<ExportResult>((resolve) => {
        upstream.export(items, resolve);
      });
      if (code === ExportResultCode.SUCCESS) this.#delivery.succeeded();
      else this.#failed(error);
    } catch (cause) {
      this.#unsent.delete(items);
      this.#failed(cause);
    }
  }

  #failed(cause: unknown): void {
    const detail = cause === undefined ? 'it was refused' : reasonOf(cause);
    if (REFUSED.test(detail)) this.#delivery.failed('refused', 'connection refused');
    else this.#delivery.failed(LATE.test(detail) ? 'timeout' : 'network', detail);
  }
}
