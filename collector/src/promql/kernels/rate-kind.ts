/** Which of `rate`, `increase` and `delta` is asked for. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly isPerSecond: boolean;
}
