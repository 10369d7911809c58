import { SPAN_KIND_SERVER, type SpanRecord } from './otlp-decode.ts';

/** Spans of one trace may arrive in two exports; this many traces may begin in between. */
const TRACES_MAX = 4096;

export interface SpanCounts {
  /** Every span received. */
  readonly total: number;
  /** Spans that stand for one run of a model. */
  readonly infer: number;
  /** Spans of HTTP requests that the service answered. */
  readonly http: number;
  /** Inference spans whose parent is the span of a request. */
  readonly nested: number;
}

export interface TraceStore {
  add(span: SpanRecord): void;
  counts(): SpanCounts;
  /** Whether spans of this trace are held. */
  has(traceId: string): boolean;
  /** The spans of the last trace in which a request led to an inference, oldest first. */
  latestTrace(): readonly SpanRecord[];
}

/** Counts all spans and keeps those of the last 4,096 traces. */
export function createTraceStore(): TraceStore {
  const traces = new Map<string, SpanRecord[]>();
  const counts = { total: 0, infer: 0, http: 0, nested: 0 };
  let latestTraceId: string | undefined;
  return {
    add(span) {
      counts.total += 1;
      if (isInference(span)) counts.infer += 1;
      if (isRequest(span)) counts.http += 1;
      const spans = traces.get(span.traceId) ?? [];
      counts.nested += spans.filter((other) => isNested(other, span)).length;
      counts.nested += spans.filter((other) => isNested(span, other)).length;
      spans.push(span);
      traces.set(span.traceId, spans);
      if (spans.some(isInference) && spans.some(isRequest)) latestTraceId = span.traceId;
      dropOldest(traces);
    },
    counts: () => ({ ...counts }),
    has: (traceId) => traces.has(traceId),
    latestTrace: () =>
      (traces.get(latestTraceId ?? '') ?? []).toSorted((a, b) => a.startMs - b.startMs),
  };
}

function isInference({ attributes }: SpanRecord): boolean {
  const isOneRun = attributes['ml.inference.aggregated'] !== true;
  return attributes['ml.operation.name'] === 'infer' && isOneRun;
}

function isRequest({ kind, attributes }: SpanRecord): boolean {
  return kind === SPAN_KIND_SERVER && attributes['http.request.method'] !== undefined;
}

function isNested(inner: SpanRecord, outer: SpanRecord): boolean {
  return inner.parentSpanId === outer.spanId && isInference(inner) && isRequest(outer);
}

/** A Map iterates in the order of insertion, so its first key is the oldest trace. */
function dropOldest(traces: Map<string, SpanRecord[]>): void {
  if (traces.size <= TRACES_MAX) return;
  const [oldest] = traces.keys();
  if (oldest !== undefined) traces.delete(oldest);
}
