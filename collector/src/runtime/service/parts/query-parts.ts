import { availableParallelism } from 'node:os';

import { promqlFeatures } from '../../../config/rules/rule-set.ts';
import type { CollectorConfig } from '../../../config/schema/collector-config.ts';
import { QueryPool } from '../../../query/query-pool.ts';
import type { QuerySettings } from '../../../query/settings.ts';
import type { SeriesStore } from '../../../storage/series-store.ts';
import type { ServiceOptions } from '../service-options.ts';

/** Queries at once, whatever the machine has. */
const CONCURRENT_MAX = 4;

/** Workers for what readers ask; one processor is left for ingest and rules. */
export function createQueryPool({ config, log }: ServiceOptions, store: SeriesStore): QueryPool {
  return new QueryPool({
    store,
    settings: querySettings(config),
    concurrentMax: Math.min(CONCURRENT_MAX, Math.max(1, availableParallelism() - 1)),
    timeoutMs: config.promql.timeout,
    onFault: (error) => log.error({ error: String(error) }, 'A query worker failed'),
  });
}

/** The queries' part of a configuration, at the start and at each reload. */
export function querySettings(config: CollectorConfig): QuerySettings {
  const { promql, evaluation, retain_all: retainAllMs } = config;
  return {
    features: promqlFeatures(config),
    lookbackMs: promql.lookback,
    defaultSubqueryStepMs: evaluation.interval,
    samplesMax: promql.max_samples,
    keepsAll: retainAllMs > 0,
    heapBytesMax: promql.max_query_bytes,
  };
}
