import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';

import { countError } from '../self-metrics.ts';
import { jsonLine } from './json-line.ts';
import type { LineSink } from './line-sink.ts';

/** Writes every log record from a severity on as one line of JSON, at once. */
export class JsonLinesProcessor implements LogRecordProcessor {
  readonly #sink: LineSink;
  readonly #severityMin: number;

  constructor(sink: LineSink, severityMin: number) {
    this.#sink = sink;
    this.#severityMin = severityMin;
  }

  onEmit(record: ReadableLogRecord): void {
    if ((record.severityNumber ?? this.#severityMin) < this.#severityMin) return;
    try {
      this.#sink.write(jsonLine(record));
    } catch {
      countError('logs', 'format');
    }
  }

  forceFlush(): Promise<void> {
    return this.#sink.flush();
  }

  shutdown(): Promise<void> {
    return this.#sink.close();
  }
}
