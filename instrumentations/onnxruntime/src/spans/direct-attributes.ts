import type { Attributes, Span } from '@opentelemetry/api';

/** What a span of the OpenTelemetry SDK for JavaScript is made of, as far as we look at it. */
interface SdkSpan {
  readonly attributes?: Attributes;
  readonly _spanLimits?: {
    readonly attributeCountLimit?: number;
    readonly attributeValueLengthLimit?: number;
  };
}

/** More than a run span has, by far. */
const ATTRIBUTES_MAX = 64;

/**
 * The object a recording SDK span keeps its attributes in, or `undefined` where only
 * `setAttributes` will do: another implementation, or limits that the SDK has to apply.
 *
 * `setAttributes` checks each value for cycles with a new `WeakSet`: 18 attributes cost 1.9 us,
 * more than the run span itself. Ours are primitives and arrays of short strings, bounded where
 * they are made, so they need no check.
 */
export function directAttributes(span: Span): Attributes | undefined {
  const { attributes, _spanLimits: limits } = span as SdkSpan;
  if (typeof attributes !== 'object' || limits === undefined) return undefined;
  const isUnlimited =
    (limits.attributeCountLimit ?? 0) >= ATTRIBUTES_MAX &&
    limits.attributeValueLengthLimit === Infinity;
  return isUnlimited ? attributes : undefined;
}
