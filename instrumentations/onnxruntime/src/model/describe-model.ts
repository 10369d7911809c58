import { type BucketHistogram, quantile } from '@telltale/instrument';

import type { ModelInfo } from '../types.ts';
import type { ModelState } from './model-state.ts';

/** Seconds below which half, 95 % and 99 % of the runs stayed, estimated from buckets. */
export interface RunQuantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What is counted of one model and version, at one moment. */
export interface ModelStatus {
  readonly name: string;
  readonly version: string;
  /** Open sessions. */
  readonly sessions: number;
  /** Runs waiting or running. */
  readonly active: number;
  /** Runs that ended, failed ones included. */
  readonly runs: number;
  readonly items: number;
  /** Failed runs by `error.type`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of runs that succeeded; absent before the first. */
  readonly seconds?: RunQuantiles;
  readonly queueSeconds?: RunQuantiles;
  /** Time in which runs blocked the event loop. */
  readonly blockedSeconds: number;
  readonly nonFiniteValues: number;
  readonly spansSuppressed: number;
  /** Runs that drift did not look at, to keep within its share of time. */
  readonly runsUnobserved: number;
  /** Bytes of the model file, where it is known. */
  readonly size?: number;
  /** Growth of resident memory over the last load. */
  readonly loadMemoryBytes?: number;
  /** Nodes by execution provider, from the last operator profile. */
  readonly placement: Readonly<Record<string, number>>;
  readonly info?: ModelInfo;
}

/** Reads a model without changing anything. */
export function describeModel(model: ModelState): ModelStatus {
  const { load, info, nonFiniteInputs, nonFiniteOutputs } = model;
  const errors = Object.fromEntries(
    Array.from(model.failures, ([type, failure]) => [type, failure.duration.count]),
  );
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return {
    name: model.name,
    version: model.version,
    sessions: model.loaded,
    active: model.active,
    runs: model.duration.count + failed,
    items: model.items,
    errors,
    ...quantilesOf('seconds', model.duration),
    ...quantilesOf('queueSeconds', model.queue),
    blockedSeconds: model.blockedMs / 1_000,
    nonFiniteValues:
      nonFiniteInputs.nan + nonFiniteInputs.inf + nonFiniteOutputs.nan + nonFiniteOutputs.inf,
    spansSuppressed: model.suppressedByParent + model.suppressedByRate,
    runsUnobserved: model.unobservedRuns,
    placement: Object.fromEntries(model.placement),
    ...(load?.size === undefined ? {} : { size: load.size }),
    ...(load?.memoryBytes === undefined ? {} : { loadMemoryBytes: load.memoryBytes }),
    ...(info === undefined ? {} : { info }),
  };
}

function quantilesOf<K extends 'seconds' | 'queueSeconds'>(
  name: K,
  histogram: BucketHistogram,
): { readonly [P in K]?: RunQuantiles } {
  if (histogram.count === 0) return {};
  const snapshot = histogram.snapshot();
  const at = (share: number): number => quantile(share, snapshot, histogram.bounds);
  const value: RunQuantiles = { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  return { [name]: value } as { readonly [P in K]?: RunQuantiles };
}
