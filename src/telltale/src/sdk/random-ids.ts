import { randomFillSync } from 'node:crypto';

import type { IdGenerator } from '@opentelemetry/sdk-trace';

const POOL_BYTES = 4_096;
const TRACE_ID_LENGTH = 32;
const SPAN_ID_LENGTH = 16;
const INVALID_TRACE_ID = '0'.repeat(TRACE_ID_LENGTH);
const INVALID_SPAN_ID = '0'.repeat(SPAN_ID_LENGTH);

/**
 * Random trace and span ids, cut from one long random text. The default generator writes each id
 * into a `Buffer` and converts it, which took a fifth of the time of a whole run span.
 */
export class RandomIds implements IdGenerator {
  readonly #bytes = Buffer.allocUnsafe(POOL_BYTES);
  #pool = '';
  #position = 0;

  generateTraceId(): string {
    const id = this.#take(TRACE_ID_LENGTH);
    return id === INVALID_TRACE_ID ? this.generateTraceId() : id;
  }

  generateSpanId(): string {
    const id = this.#take(SPAN_ID_LENGTH);
    return id === INVALID_SPAN_ID ? this.generateSpanId() : id;
  }

  #take(length: number): string {
    if (this.#position + length > this.#pool.length) {
      this.#pool = randomFillSync(this.#bytes).toString('hex');
      this.#position = 0;
    }
    const start = this.#position;
    this.#position += length;
    return this.#pool.slice(start, this.#position);
  }
}
