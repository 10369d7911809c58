import type { Attributes } from '@opentelemetry/api';
import type { CollectionResult, MetricData, MetricReader } from '@opentelemetry/sdk-metrics';

import { maskedAttributes } from '../masked-attributes.ts';
import { REDACTED } from '../secret-text.ts';

/** Values of secrets that are kept apart; the SDK keeps 2000 series a metric. */
const PLACEHOLDERS_MAX = 2_000;

/** A reader as far as its results pass through here. */
type Collecting = Pick<MetricReader, 'collect'>;

/**
 * Masks secrets in the attributes of everything that a reader collects, before any exporter gets it.
 *
 * Two series that differ in a secret only must stay two, or a page has the same series twice: each
 * value gets a number of its own, `[redacted 1]`. Returns the masking, for what is collected without
 * waiting.
 */
export function maskMetricsOf(reader: Collecting): (result: CollectionResult) => CollectionResult {
  const collect = reader.collect.bind(reader);
  const masking = new MetricMasking();
  reader.collect = async (options) => masking.mask(await collect(options));
  return (result) => masking.mask(result);
}

/** The masking of one reader: attribute objects live as long as their series, so each is read once. */
class MetricMasking {
  readonly #known = new WeakMap<Attributes, Attributes>();
  readonly #numbers = new Map<string, number>();

  mask(result: CollectionResult): CollectionResult {
    const { resourceMetrics } = result;
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map((metric) => this.#maskMetric(metric)),
    }));
    return { ...result, resourceMetrics: { ...resourceMetrics, scopeMetrics } };
  }

  #maskMetric<M extends MetricData>(metric: M): M {
    const isClean = metric.dataPoints.every(
      ({ attributes }) => this.#attributes(attributes) === attributes,
    );
    if (isClean) return metric;
    const dataPoints = metric.dataPoints.map((point) => ({
      ...point,
      attributes: this.#attributes(point.attributes),
    }));
    return { ...metric, dataPoints };
  }

  #attributes(attributes: Attributes): Attributes {
    const known = this.#known.get(attributes);
    if (known !== undefined) return known;
    let masked = maskedAttributes(attributes);
    if (masked !== attributes) masked = this.#numbered(attributes, masked);
    this.#known.set(attributes, masked);
    return masked;
  }

  #numbered(given: Attributes, masked: Attributes): Attributes {
    const numbered: Attributes = {};
    for (const [name, value] of Object.entries(masked)) {
      const original = given[name];
      numbered[name] =
        typeof value === 'string' && value !== original
          ? value.replaceAll(REDACTED, `[redacted ${this.#numberOf(String(original))}]`)
          : value;
    }
    return numbered;
  }

  #numberOf(secret: string): number {
    const known = this.#numbers.get(secret);
    if (known !== undefined || this.#numbers.size >= PLACEHOLDERS_MAX) return known ?? 0;
    const next = this.#numbers.size + 1;
    this.#numbers.set(secret, next);
    return next;
  }
}
