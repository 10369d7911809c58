import type { CollectionResult, MetricProducer } from '@opentelemetry/sdk-metrics';

import type { ImmediateProducer } from './collect-now.ts';

/**
 * A metric producer that comes to life once the SDK has started. Readers want their producers when
 * they are made, and ours must know the meter provider that they serve, which needs the readers.
 */
export class LateProducer implements MetricProducer {
  #producers: readonly MetricProducer[] = [];

  start(producers: readonly MetricProducer[]): void {
    this.#producers = producers;
  }

  async collect(options?: { timeoutMillis?: number }): Promise<CollectionResult> {
    return merged(await Promise.all(this.#producers.map((one) => one.collect(options))));
  }

  /** The same without waiting, of the producers that can. */
  collectNow(): CollectionResult {
    return merged(
      this.#producers.flatMap(
        (one: MetricProducer & Partial<ImmediateProducer>) => one.collectNow?.() ?? [],
      ),
    );
  }
}

function merged(results: readonly CollectionResult[]): CollectionResult {
  return {
    // The reader takes the scopes alone; the resource is the one of its provider.
    resourceMetrics: {
      resource: undefined as never,
      scopeMetrics: results.flatMap(({ resourceMetrics }) => resourceMetrics.scopeMetrics),
    },
    errors: results.flatMap(({ errors }) => errors),
  };
}
