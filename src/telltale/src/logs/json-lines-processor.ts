import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';

import { countError } from '../self-metrics.ts';
import { jsonLine } from './json-line.ts';
import type { LineSink } from './line-sink.ts';

export interface JsonLinesOptions {
  readonly severityMin: number;
  /** Only records of this instrumentation scope. Default: all. */
  readonly scope?: string;
}

/** Writes every log record from a severity on as one line of JSON, at once. */
export class JsonLinesProcessor implements LogRecordProcessor {
  readonly #sink: LineSink;
  readonly #options: JsonLinesOptions;

  constructor(sink: LineSink, options: JsonLinesOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  onEmit(record: ReadableLogRecord): void {
    const { severityMin, scope } = this.#options;
    if ((record.severityNumber ?? severityMin) < severityMin) return;
    if (scope !== undefined && record.instrumentationScope.name !== scope) return;
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
