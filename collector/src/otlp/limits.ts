/**
 * What one request may hold. A few bytes can announce much more memory than they take (an empty
 * message is two bytes), so the size of the body alone bounds nothing.
 */
export interface OtlpLimits {
  /** Data points, log records or spans. */
  readonly itemsMax: number;
  /** Resources, scopes and metrics together. */
  readonly groupsMax: number;
  /** Bucket counts, bounds and quantiles together. */
  readonly numbersMax: number;
  /** Attribute values inside attribute values. */
  readonly depthMax: number;
}

export const DEFAULT_OTLP_LIMITS: OtlpLimits = Object.freeze({
  itemsMax: 4_000_000,
  groupsMax: 1_000_000,
  numbersMax: 16_000_000,
  depthMax: 32,
});
