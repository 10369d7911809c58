import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';

import { countError } from '../../self-metrics.ts';
import { maskedAttribute } from '../masked-attributes.ts';
import { plainValue } from '../plain-value.ts';
import { REDACTED } from '../secret-text.ts';

type AnyValue = NonNullable<Parameters<ReadWriteLogRecord['setAttribute']>[1]>;

/**
 * Masks secrets in the body and the attributes of every log record before it goes anywhere, and
 * mends what no exporter can encode. It must stand before all other processors.
 */
export class LogMasking implements LogRecordProcessor {
  onEmit(record: ReadWriteLogRecord): void {
    try {
      this.#mendTimes(record);
      if (record.body !== undefined) record.setBody(plainValue(record.body) as AnyValue);
      for (const [name, value] of Object.entries(record.attributes)) {
        const masked = maskedAttribute(name, value);
        if (masked !== value) record.setAttribute(name, masked as AnyValue);
      }
    } catch {
      countError('logs', 'masking');
      record.setBody(REDACTED);
      for (const name of Object.keys(record.attributes)) record.setAttribute(name, REDACTED);
    }
  }

  /** An invalid Date as time would make an exporter lose the whole batch. */
  #mendTimes(record: ReadWriteLogRecord): void {
    const isBad = ([seconds, nanoseconds]: ReadWriteLogRecord['hrTime']): boolean =>
      !(Number.isSafeInteger(seconds) && Number.isSafeInteger(nanoseconds));
    if (!isBad(record.hrTime) && !isBad(record.hrTimeObserved)) return;
    const nowMs = Date.now();
    const now: ReadWriteLogRecord['hrTime'] = [Math.floor(nowMs / 1e3), (nowMs % 1e3) * 1e6];
    if (isBad(record.hrTimeObserved)) record.hrTimeObserved = now;
    if (isBad(record.hrTime)) record.hrTime = record.hrTimeObserved;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
