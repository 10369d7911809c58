/** A unit-test file of rules in promtool's format, defaults filled in. */
export interface UnitTestFile {
  /** Paths or patterns of rule files as the file has them. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Names of groups in the order in which they are evaluated; others come first. */
  readonly groupEvalOrder: readonly string[];
  /** Expected and evaluated floats may differ in the last bit. */
  readonly isFuzzy: boolean;
  readonly tests: readonly UnitTest[];
}

export interface UnitTest {
  readonly name: string;
  /** Time between the samples of the input series. */
  readonly intervalMs: number;
  readonly startMs: number;
  readonly inputSeries: readonly InputSeries[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly alertTests: readonly AlertTest[];
  readonly exprTests: readonly ExprTest[];
}

export interface InputSeries {
  /** Such as `up{job="node"}`. */
  readonly series: string;
  /** Such as `1 2 _x3 0+2x10 stale`. */
  readonly values: string;
}

export interface AlertTest {
  readonly evalTimeMs: number;
  readonly alertName: string;
  readonly alerts: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  /** Without `alertname`, which is implied. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ExprTest {
  readonly expr: string;
  readonly evalTimeMs: number;
  readonly samples: readonly ExpectedSample[];
}

export interface ExpectedSample {
  /** Such as `up{job="node"}`. */
  readonly labels: string;
  readonly value: number;
  /** A native histogram in the notation of series; `''` means that `value` counts. */
  readonly histogram: string;
}

/** One thing that a unit test expected and did not get. */
export type UnitTestFailure =
  | {
      readonly kind: 'alert';
      readonly test: string;
      readonly alertName: string;
      readonly evalTimeMs: number;
      readonly expected: readonly ExpectedAlert[];
      readonly got: readonly ExpectedAlert[];
    }
  | {
      readonly kind: 'expr';
      readonly test: string;
      readonly expr: string;
      readonly evalTimeMs: number;
      readonly expected: readonly string[];
      readonly got: readonly string[];
    }
  | {
      readonly kind: 'exprError';
      readonly test: string;
      readonly expr: string;
      readonly evalTimeMs: number;
      readonly error: string;
    }
  | {
      readonly kind: 'ruleError';
      readonly test: string;
      readonly rule: string;
      readonly timeMs: number;
      readonly error: string;
    }
  | { readonly kind: 'broken'; readonly test: string; readonly error: string };
