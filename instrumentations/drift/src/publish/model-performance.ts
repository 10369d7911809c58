import { textKey } from '@telltale/core';
import { type PerformanceGap, performanceGap } from '@telltale/statistics';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { type EstimatedRate, estimateStream } from '../stream/performance-estimate.ts';

/** What feedback tells about a model: whoever takes the truth gives it. */
export interface RealisedPerformance {
  readonly model: string;
  /** Empty where feedback does not know it: any version. */
  readonly version: string;
  /** Labelled predictions. */
  readonly sampleCount: number;
  /** Absent without any. */
  readonly accuracy?: number;
}

export interface PerformanceOptions {
  /** Probability from which a prediction counts as positive. Default 0.5. */
  readonly decisionThreshold?: number;
  /** What feedback tells now, for concept drift. Default nothing. */
  readonly realised?: () => readonly RealisedPerformance[];
}

/** How a model does: by its own confidences, by feedback, and how far apart the two are. */
export interface ModelPerformance {
  readonly model: string;
  readonly version: string;
  /** The output that the estimate comes from. */
  readonly stream: string;
  readonly estimated: readonly EstimatedRate[];
  readonly realised: { readonly accuracy: number; readonly labelled: number } | null;
  /** Absent below 100 labels. */
  readonly gap: PerformanceGap | null;
}

const DECISION_THRESHOLD = 0.5;

/**
 * How each model does. A model has one performance: its first output that is a probability tells
 * it. Where feedback disagrees by more than chance allows, the truth changed behind the inputs.
 */
export function modelPerformance(
  monitor: DriftMonitor,
  options: PerformanceOptions = {},
): readonly ModelPerformance[] {
  const { decisionThreshold = DECISION_THRESHOLD, realised } = options;
  const found = new Map<string, ModelPerformance>();
  const known = realised?.() ?? [];
  for (const stream of monitor.streams()) {
    const { model, version, direction, name } = stream.key;
    const owner = textKey([model, version]);
    if (direction !== 'output' || found.has(owner)) continue;
    const estimated = estimateStream(stream, decisionThreshold);
    if (estimated.length === 0) continue;
    const truth = realisedOf(known, { model, version });
    const gap = truth === null ? null : gapOf(estimated, truth);
    found.set(owner, { model, version, stream: name, estimated, realised: truth, gap });
  }
  return [...found.values()];
}

function realisedOf(
  known: readonly RealisedPerformance[],
  { model, version }: { readonly model: string; readonly version: string },
): ModelPerformance['realised'] {
  const own = known.filter((one) => one.model === model);
  const exact = own.find((one) => one.version === version);
  const { accuracy, sampleCount } = exact ?? own.find((one) => one.version === '') ?? {};
  if (accuracy === undefined || sampleCount === undefined) return null;
  return { accuracy, labelled: sampleCount };
}

function gapOf(
  estimated: readonly EstimatedRate[],
  { accuracy, labelled }: { readonly accuracy: number; readonly labelled: number },
): PerformanceGap | null {
  const promised = estimated.find(({ metric }) => metric === 'accuracy');
  if (promised === undefined) return null;
  const pair = {
    estimated: promised.value,
    estimatedError: promised.error ?? 0,
    realised: accuracy,
    labelled,
  };
  return performanceGap(pair) ?? null;
}
