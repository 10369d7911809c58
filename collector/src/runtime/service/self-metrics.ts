import type { Meter, ObservableResult } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** A value now, with attributes where one metric has several. */
export type Reading = readonly [value: number, attributes?: Readonly<Record<string, string>>];

/** One metric about the service: read when it is asked for, from plain counters elsewhere. */
export interface SelfMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly read: () => readonly Reading[];
}

/** One reading for each entry of a record, the entry's name as an attribute. */
export function readingsBy(
  attribute: string,
  values: Readonly<Record<string, number>>,
): readonly Reading[] {
  return Object.entries(values).map(([name, value]) => [value, { [attribute]: name }] as const);
}

/** The service's own metrics, made with OpenTelemetry and served as Prometheus text. */
export class SelfMetrics {
  readonly #reader = new PrometheusExporter({ preventServerStart: true });
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  readonly #provider: MeterProvider;
  readonly #meter: Meter;

  constructor() {
    this.#provider = new MeterProvider({ readers: [this.#reader] });
    this.#meter = this.#provider.getMeter('@telltale/collector');
  }

  register(metrics: readonly SelfMetric[]): void {
    for (const { name, kind, unit, description, read } of metrics) {
      const options = { unit, description };
      const instrument =
        kind === 'counter'
          ? this.#meter.createObservableCounter(name, options)
          : this.#meter.createObservableGauge(name, options);
      instrument.addCallback((result: ObservableResult) => {
        for (const [value, attributes] of read()) result.observe(value, attributes);
      });
    }
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  stop(): Promise<void> {
    return this.#provider.shutdown();
  }
}
