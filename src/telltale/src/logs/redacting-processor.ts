import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';

import { countError } from '../self-metrics.ts';
import { isSecretKey, maskedValue } from './safe-json.ts';

type AnyValue = NonNullable<Parameters<ReadWriteLogRecord['setAttribute']>[1]>;

/** Masks secrets in the attributes of every log record, before it goes anywhere. */
export class RedactingProcessor implements LogRecordProcessor {
  onEmit(record: ReadWriteLogRecord): void {
    try {
      for (const [key, value] of Object.entries(record.attributes)) {
        const isStructure = typeof value === 'object' && value !== null;
        if (!isStructure && !isSecretKey(key)) continue;
        if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) continue;
        record.setAttribute(key, maskedValue(key, value) as AnyValue);
      }
    } catch {
      countError('logs', 'redaction');
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
