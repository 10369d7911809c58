import { ATTR_DRIFT_SCOPE, SCHEMA_URL } from '@telltale/core';

import type { DriftExportConfig } from '../../config/schema/collector-config.ts';
import type { FleetReading } from '../../drift/fleet-readings.ts';
import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { Log } from '../log.ts';

export interface FleetExportOptions {
  readonly config: DriftExportConfig;
  readonly log: Log;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly readSecret: (path: string) => string;
  readonly clientName: string;
}

/** Sends what was merged to an OTel Collector, as OTLP/JSON. A lost request is not sent again. */
export class FleetExport {
  readonly counters = { sent: 0, failed: 0 };
  readonly #options: FleetExportOptions;
  #dueMs = 0;
  #inWork = false;
  #isFailing = false;

  constructor(options: FleetExportOptions) {
    this.#options = options;
  }

  /** Sends when the interval is over and nothing is on its way. Never throws. */
  async offer(readings: readonly FleetReading[], nowMs: number): Promise<void> {
    const { config } = this.#options;
    // A clock that was set back must not stop the export until it has caught up.
    const isDue = nowMs >= this.#dueMs || this.#dueMs - nowMs > config.interval;
    if (!isDue || this.#inWork || readings.length === 0) return;
    this.#dueMs = nowMs + config.interval;
    this.#inWork = true;
    try {
      this.#judge(await this.#options.send(this.#message(readings, nowMs)));
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#inWork = false;
    }
  }

  #message(readings: readonly FleetReading[], nowMs: number): HttpMessage {
    const { config, clientName, readSecret } = this.#options;
    const secret = config.credentials_file;
    return {
      method: 'POST',
      url: config.endpoint,
      headers: {
        'content-type': 'application/json',
        'user-agent': clientName,
        ...(secret === undefined ? {} : { authorization: `Bearer ${readSecret(secret)}` }),
      },
      body: JSON.stringify(fleetRequest(readings, nowMs)),
      timeoutMs: config.timeout,
    };
  }

  #judge(result: HttpResult): void {
    if (result.kind === 'no answer') this.#fail(result.message);
    else if (result.status >= 300) this.#fail(`status ${result.status}`);
    else {
      this.counters.sent += 1;
      if (this.#isFailing) this.#options.log.info({}, 'The export of fleet drift works again');
      this.#isFailing = false;
    }
  }

  #fail(reason: string): void {
    this.counters.failed += 1;
    if (!this.#isFailing) this.#options.log.warn({ reason }, 'Cannot export fleet drift');
    this.#isFailing = true;
  }
}

/** An `ExportMetricsServiceRequest` in JSON. Every point says that it is of a fleet. */
function fleetRequest(readings: readonly FleetReading[], nowMs: number): object {
  const rows = [...new Set(readings.map(({ row }) => row))];
  const timeUnixNano = `${Math.trunc(nowMs)}000000`;
  return {
    resourceMetrics: [
      {
        resource: { attributes: [attribute('service.name', 'telltale-collector')] },
        scopeMetrics: [
          {
            scope: { name: '@telltale/collector' },
            schemaUrl: SCHEMA_URL,
            metrics: rows.map((row) => ({
              name: row.name,
              unit: row.unit,
              description: row.description,
              gauge: {
                dataPoints: readings
                  .filter((reading) => reading.row === row)
                  .map(({ value, attributes }) => ({
                    timeUnixNano,
                    asDouble: value,
                    attributes: [
                      ...Object.entries(attributes).map(([key, text]) => attribute(key, text)),
                      attribute(ATTR_DRIFT_SCOPE.name, 'fleet'),
                    ],
                  })),
              },
            })),
          },
        ],
      },
    ],
  };
}

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
