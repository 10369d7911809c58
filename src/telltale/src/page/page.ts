import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { MetricReader } from '@opentelemetry/sdk-metrics';

import { type ExemplarIndex, indexExemplars, toOpenMetrics } from '../exemplars/open-metrics.ts';
import { withPrometheusNames } from './prometheus-names.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
/** A callback of the application may hang; a scrape must not. */
const COLLECTION_TIMEOUT_MS = 3_000;
/** Scrapes this close to each other get the same page. */
const CACHE_MS = 250;

export interface RenderedPage {
  readonly contentType: string;
  readonly body: string;
}

interface Collected {
  readonly text: string;
  readonly exemplars: ExemplarIndex;
  readonly atMs: number;
}

/** The Prometheus page: concurrent scrapes share one collection. */
export class PrometheusPage {
  readonly #reader: Pick<MetricReader, 'collect'>;
  readonly #wantsExemplars: boolean;
  readonly #serializer: PrometheusSerializer = new PrometheusSerializer();
  #collecting: Promise<Collected> | undefined;
  #cached: Collected | undefined;

  constructor(reader: Pick<MetricReader, 'collect'>, wantsExemplars: boolean) {
    this.#reader = reader;
    this.#wantsExemplars = wantsExemplars;
  }

  /** `accept` is the header of the request. @throws when the collection fails or takes too long. */
  async render(accept: string): Promise<RenderedPage> {
    const { text, exemplars } = await this.#collect();
    if (!accept.includes('application/openmetrics-text')) return { contentType: TEXT, body: text };
    return { contentType: OPEN_METRICS, body: toOpenMetrics(text, exemplars) };
  }

  #collect(): Promise<Collected> {
    const cached = this.#cached;
    if (cached !== undefined && performance.now() - cached.atMs < CACHE_MS) {
      return Promise.resolve(cached);
    }
    this.#collecting ??= this.#collectNow().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async #collectNow(): Promise<Collected> {
    let stop: () => void = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer from a metric callback within ${COLLECTION_TIMEOUT_MS} ms`));
      }, COLLECTION_TIMEOUT_MS);
      timer.unref();
      stop = () => clearTimeout(timer);
    });
    try {
      const collection = this.#reader.collect({ timeoutMillis: COLLECTION_TIMEOUT_MS });
      const { resourceMetrics } = await Promise.race([collection, timeout]);
      const named = withPrometheusNames(resourceMetrics);
      const text = `${this.#serializer.serialize(named)}\n`;
      const exemplars: ExemplarIndex = this.#wantsExemplars ? indexExemplars(named) : new Map();
      this.#cached = { text, exemplars, atMs: performance.now() };
      return this.#cached;
    } finally {
      stop();
    }
  }
}
