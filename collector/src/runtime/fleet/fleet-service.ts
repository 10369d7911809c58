import { setImmediate } from 'node:timers/promises';

import type { CollectorConfig } from '../../config/schema/collector-config.ts';
import { FLEET_INPUTS, FleetDrift } from '../../drift/fleet-drift.ts';
import { fleetReadings } from '../../drift/fleet-readings.ts';
import type { FleetStatus, FleetStreamStatus } from '../../drift/fleet-status.ts';
import type { References } from '../../drift/rows/reference.ts';
import type { MetricBatch } from '../../otlp/metric-batch.ts';
import { isOtlpError } from '../../otlp/otlp-error.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import { storeRuleSamples } from '../durable/rule-output.ts';
import type { FleetExport } from './fleet-export.ts';
import { fleetPoints } from './fleet-points.ts';
import { FleetSeries } from './fleet-series.ts';

export interface FleetServiceOptions {
  readonly config: CollectorConfig;
  readonly store: SeriesStore;
  readonly references: References;
  /** Absent: nothing leaves the service. */
  readonly exporter: FleetExport | undefined;
  /** Wakes the rules that ask for the series of the fleet. */
  readonly onStored: () => void;
  /**
   * Told once what failed inside. The failure must not be thrown: the sender would retry forever and
   * replay would fail at each start.
   */
  readonly onFailure: (error: unknown) => void;
}

/** Work between two chances for requests and rules to run. */
const SLICE_MS = 10;

/** How often streams are evaluated at least. */
const EVALUATE_MS_MAX = 10_000;

/** Fleet drift in the running service: points in, series and exports out. */
export class FleetService {
  readonly drift: FleetDrift;
  readonly #options: FleetServiceOptions;
  readonly #series = new FleetSeries();
  #hasFailed = false;

  constructor(options: FleetServiceOptions) {
    const { interval, window, limits } = options.config.drift;
    this.#options = options;
    this.drift = new FleetDrift(
      {
        intervalMs: interval,
        windowMs: window,
        streamsMax: limits.streams,
        instancesMax: limits.instances,
        seriesMax: limits.series,
      },
      options.references,
    );
  }

  /** Requests that were sent on, by what became of them. */
  get exports(): Record<string, number> {
    return { sent: 0, failed: 0, ...this.#options.exporter?.counters };
  }

  get evaluateEveryMs(): number {
    return Math.min(EVALUATE_MS_MAX, this.#options.config.drift.interval);
  }

  /** Takes what a request has for the fleet. Nothing of it can make the request fail. */
  take(batch: MetricBatch, nowMs: number): void {
    if (!this.#options.config.drift.enabled) return;
    try {
      for (const point of fleetPoints(batch, FLEET_INPUTS)) this.drift.take(point, nowMs);
    } catch (error) {
      // The translator has refused a malformed request before, unless it did not look at the metric.
      if (isOtlpError(error) || this.#hasFailed) return;
      this.#hasFailed = true;
      this.#options.onFailure(error);
    }
  }

  /** What is known of all streams, computed a little at a time. */
  async status(nowMs: number): Promise<FleetStatus> {
    const streams: FleetStreamStatus[] = [];
    let pauseMs = performance.now() + SLICE_MS;
    for (const stream of this.drift.streams(nowMs)) {
      streams.push(stream);
      if (performance.now() < pauseMs) continue;
      await setImmediate();
      pauseMs = performance.now() + SLICE_MS;
    }
    return { timeMs: nowMs, windowMs: this.#options.config.drift.window, streams };
  }

  /** Evaluates all streams and hands out what came of it. */
  async evaluate(nowMs: number): Promise<void> {
    const { store, config, exporter, onStored } = this.#options;
    if (!config.drift.enabled) return;
    const readings = fleetReadings(await this.status(nowMs));
    const samples = this.#series.samples(readings, nowMs);
    if (samples.length > 0) {
      storeRuleSamples(store, samples, config.promql.lookback);
      onStored();
    }
    await exporter?.offer(readings, nowMs);
  }
}
