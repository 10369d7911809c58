/** A span as far as a profile needs it; times are microseconds of the monotonic clock. */
export interface SpanInterval {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly startMicros: number;
  readonly endMicros: number;
}
