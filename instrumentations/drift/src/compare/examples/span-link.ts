import { trace } from '@opentelemetry/api';

import type { SpanLink } from '../../types.ts';

/** The span that is active now; absent without one, or when it is not recorded. */
export function activeSpan(): SpanLink | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && trace.isSpanContextValid(span)
    ? { traceId: span.traceId, spanId: span.spanId }
    : undefined;
}
