import { ROOT_RUN_SPANS_PER_SECOND_MAX, RUN_SPANS_PER_PARENT_MAX } from '@telltale/core';

import type { OnnxRuntimeInstrumentationConfig, SpanPolicy } from './types.ts';

/** The configuration with every default filled in. */
export interface Settings {
  readonly spans: SpanPolicy;
  readonly maxSpansPerParent: number;
  readonly maxRootSpansPerSecond: number;
  /** Milliseconds, `auto` or `off`. */
  readonly slowRun: number | 'auto' | 'off';
  readonly scansInputs: boolean;
  readonly scansOutputs: boolean;
  readonly scannedElementsMax: number;
  readonly profilesStartup: boolean;
  readonly profiledRunsMax: number;
  readonly profiledOperatorsMax: number;
  readonly capturesErrorMessage: boolean;
}

const SCANNED_ELEMENTS_MAX = 65_536;
const PROFILED_RUNS_MAX = 20;
const PROFILED_OPERATORS_MAX = 10;
const POLICIES: readonly SpanPolicy[] = ['all', 'parent', 'errors', 'off'];

/** Says which value cannot be used and what is used instead. */
export type Warn = (message: string) => void;

/** Fills in defaults. A value that cannot be used is reported and replaced by its default. */
export function resolveSettings(config: OnnxRuntimeInstrumentationConfig, warn: Warn): Settings {
  const count = (key: string, value: unknown, fallback: number): number => {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    warn(
      `Cannot use ${key} as it must be a whole number: current value is ${text(value)}, using ${fallback}`,
    );
    return fallback;
  };
  const { nonFinite, operatorProfile } = config;
  return {
    spans: spanPolicy(config.spans, warn),
    maxSpansPerParent: count(
      'maxSpansPerParent',
      config.maxSpansPerParent,
      RUN_SPANS_PER_PARENT_MAX,
    ),
    maxRootSpansPerSecond: count(
      'maxRootSpansPerSecond',
      config.maxRootSpansPerSecond,
      ROOT_RUN_SPANS_PER_SECOND_MAX,
    ),
    slowRun: slowRun(config.slowRun, warn),
    scansInputs: nonFinite?.inputs !== false,
    scansOutputs: nonFinite?.outputs !== false,
    scannedElementsMax: count(
      'nonFinite.maxElements',
      nonFinite?.maxElements,
      SCANNED_ELEMENTS_MAX,
    ),
    profilesStartup: operatorProfile?.mode === 'startup',
    profiledRunsMax: count('operatorProfile.runs', operatorProfile?.runs, PROFILED_RUNS_MAX),
    profiledOperatorsMax: count(
      'operatorProfile.top',
      operatorProfile?.top,
      PROFILED_OPERATORS_MAX,
    ),
    capturesErrorMessage: config.captureErrorMessage === true,
  };
}

function spanPolicy(value: unknown, warn: Warn): SpanPolicy {
  if (value === undefined) return 'all';
  const policy = POLICIES.find((known) => known === value);
  if (policy !== undefined) return policy;
  warn(
    `Cannot use spans as it must be one of ${POLICIES.join(', ')}: current value is ${text(value)}, using "all"`,
  );
  return 'all';
}

function slowRun(value: unknown, warn: Warn): number | 'auto' | 'off' {
  if (value === undefined || value === 'auto') return 'auto';
  if (value === 'off' || (typeof value === 'number' && value > 0)) return value;
  warn(
    `Cannot use slowRun as it must be milliseconds, "auto" or "off": current value is ${text(value)}, using "auto"`,
  );
  return 'auto';
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
