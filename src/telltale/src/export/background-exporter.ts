import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

import type { PostRequest } from './at-exit/last-send.ts';
import { Delivery, type Destination } from './delivery.ts';
import {
  addExporter,
  type ExporterStatus,
  type RunningExporter,
  removeExporter,
} from './running-exporters.ts';

/** Exports on their way at once. Beyond it a backend is too slow and exports are dropped. */
const IN_FLIGHT_MAX = 16;

/**
 * What exporters share that answer the SDK at once and send in the background. The SDK's processors
 * hold the process with a timer until an export is answered, 10 s or more with a backend that hangs.
 */
export abstract class BackgroundExporter<T> implements RunningExporter {
  readonly #isConfigured: boolean;
  protected readonly delivery: Delivery;
  protected readonly inFlight: Set<Promise<void>> = new Set();
  protected isShutDown = false;
  protected isGivenUp = false;

  protected constructor(destination: Destination) {
    this.#isConfigured = destination.isConfigured;
    this.delivery = new Delivery(destination);
    addExporter(this);
  }

  /** Starts to send. Never throws nor rejects; `undefined` when there is nothing to send. */
  protected abstract send(items: T): Promise<void> | undefined;

  /** What has certainly not arrived, and these items, as requests. */
  protected abstract unsent(items: T | undefined): readonly PostRequest[];

  abstract forceFlush(): Promise<void>;

  abstract abort(): void;

  export(items: T, resultCallback: (result: ExportResult) => void): void {
    if (this.isShutDown) {
      resultCallback({ code: ExportResultCode.FAILED });
      return;
    }
    resultCallback({ code: ExportResultCode.SUCCESS });
    this.isGivenUp = false;
    if (this.inFlight.size >= IN_FLIGHT_MAX) {
      this.delivery.failed('overflow', `${IN_FLIGHT_MAX} exports are still on their way`);
      return;
    }
    const sending = this.send(items);
    if (sending === undefined) return;
    this.inFlight.add(sending);
    void sending.finally(() => this.inFlight.delete(sending));
  }

  async shutdown(): Promise<void> {
    this.isShutDown = true;
    await this.forceFlush();
    removeExporter(this);
  }

  /**
   * What has certainly not arrived, and these items, as requests for a process that ends at once.
   * Nothing where no address is set and nothing listened so far, or where a flush gave up.
   */
  lastRequests(items: T | undefined): readonly PostRequest[] {
    if (this.isShutDown || this.isGivenUp) return [];
    if (!this.#isConfigured && !this.delivery.hasSucceeded) return [];
    return this.unsent(items);
  }

  status(): ExporterStatus {
    return this.delivery.status();
  }
}
