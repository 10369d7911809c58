import type { Attributes, HrTime, Span } from '@opentelemetry/api';

/** What a span of the OpenTelemetry SDK for JavaScript is made of, as far as we look at it. */
interface SdkSpan {
  attributes?: Attributes;
  readonly startTime?: HrTime;
  readonly _spanLimits?: {
    readonly attributeCountLimit?: number;
    readonly attributeValueLengthLimit?: number;
  };
}

/** More than a run span has, by far. */
const ATTRIBUTES_MAX = 64;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

/**
 * Sets the attributes of a run on its span.
 *
 * `setAttributes` checks each value for cycles with a new `WeakSet`: 18 attributes cost 1.9 us,
 * more than the span itself. Ours are primitives and arrays of short strings, bounded where they
 * are made, so where the span is one of the SDK and has no limits to apply they are put into it as
 * they are. Everywhere else `setAttributes` does it.
 */
export function setRunAttributes(span: Span, attributes: Attributes): void {
  const sdkSpan = span as SdkSpan;
  if (!takesAttributes(sdkSpan)) {
    span.setAttributes(attributes);
    return;
  }
  // Hooks and span processors may have set some already.
  for (const _name in sdkSpan.attributes) {
    Object.assign(sdkSpan.attributes, attributes);
    return;
  }
  sdkSpan.attributes = attributes;
}

function takesAttributes({ attributes, _spanLimits: limits }: SdkSpan): boolean {
  if (typeof attributes !== 'object' || limits === undefined) return false;
  const { attributeCountLimit = 0, attributeValueLengthLimit } = limits;
  return attributeCountLimit >= ATTRIBUTES_MAX && attributeValueLengthLimit === Infinity;
}

/**
 * Ends a span that started with the run. `end()` would read the clock once more and convert it; the
 * end of the run is known already.
 */
export function endWithRun(span: Span, durationMs: number): void {
  const { startTime } = span as SdkSpan;
  if (!Array.isArray(startTime)) {
    span.end();
    return;
  }
  const [seconds, nanoseconds] = startTime as HrTime;
  const end = nanoseconds + Math.round(durationMs * NS_PER_MS);
  if (end < NS_PER_SECOND) span.end([seconds, end]);
  else span.end([seconds + Math.floor(end / NS_PER_SECOND), end % NS_PER_SECOND]);
}
