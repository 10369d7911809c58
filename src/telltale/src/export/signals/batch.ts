import type { Config } from '../../config.ts';

export interface BatchOptions {
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

/** `OTEL_BSP_*` or `OTEL_BLRP_*`. Zero means the default, as in the SDK. */
export function batchOptions(prefix: 'OTEL_BSP' | 'OTEL_BLRP', config: Config): BatchOptions {
  const read = (name: string, fallback: number): number =>
    config.number(`${prefix}_${name}`) || fallback;
  return {
    scheduledDelayMillis: read('SCHEDULE_DELAY', prefix === 'OTEL_BSP' ? 5_000 : 1_000),
    exportTimeoutMillis: read('EXPORT_TIMEOUT', 30_000),
    maxQueueSize: read('MAX_QUEUE_SIZE', 2_048),
    maxExportBatchSize: read('MAX_EXPORT_BATCH_SIZE', 512),
  };
}
