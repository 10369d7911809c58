import { textKey } from '@telltale/core';
import { isotonicValue, type PerformanceGap, performanceGap } from '@telltale/statistics';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { type EstimatedRate, estimateStream } from '../stream/performance-estimate.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';

/** What feedback tells about a model: the part that takes the truth gives it. */
export interface RealisedPerformance {
  readonly model: string;
  /** Empty where feedback does not know it: any version. */
  readonly version: string;
  /** Labelled predictions. */
  readonly sampleCount: number;
  /** Absent without any, and for a model that predicts numbers. */
  readonly accuracy?: number;
  /**
   * The labelled predictions themselves, as far as a confidence came with them. Then what they
   * promised is compared with what they kept; otherwise with the estimate over the last predictions,
   * which are others where labels come late.
   */
  readonly labelled?: readonly LabelledConfidence[];
}

/** A labelled prediction with the confidence that came with it. */
export interface LabelledConfidence {
  /** Probability of the predicted class. */
  readonly confidence: number;
  readonly isRight: boolean;
  /** Whether the positive class was predicted; absent where none is named. */
  readonly isPositive?: boolean;
}

export interface PerformanceOptions {
  /** Probability from which a model says "positive", of all or of each. Default 0.5. */
  readonly decisionThreshold?:
    | number
    | ((model: { readonly model: string; readonly version: string }) => number | undefined);
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
  const { realised } = options;
  const found = new Map<string, ModelPerformance>();
  const known = realised?.() ?? [];
  for (const stream of monitor.streams()) {
    const { model, version, direction, name } = stream.key;
    const owner = textKey([model, version]);
    if (direction !== 'output' || found.has(owner) || !isKnown(monitor, stream)) continue;
    const estimated = estimateStream(stream, thresholdOf(options, { model, version }));
    if (estimated.length === 0) continue;
    const truth = realisedOf(known, { model, version });
    const gap = truth === undefined ? null : gapOf(estimated, truth, stream);
    const shown = truth === undefined ? null : { accuracy: truth.accuracy, labelled: truth.count };
    found.set(owner, { model, version, stream: name, estimated, realised: shown, gap });
  }
  return [...found.values()];
}

/** Whether the meaning of the values is known: targets in the baseline say that they are predictions. */
const isKnown = (monitor: DriftMonitor, stream: StreamMonitor): boolean =>
  monitor.isDeclared(stream) || stream.comparison?.baseline.loss !== undefined;

function thresholdOf(
  { decisionThreshold }: PerformanceOptions,
  model: { readonly model: string; readonly version: string },
): number {
  const threshold =
    typeof decisionThreshold === 'function' ? decisionThreshold(model) : decisionThreshold;
  return threshold ?? DECISION_THRESHOLD;
}

/** What feedback told about a model. */
interface Truth {
  readonly accuracy: number;
  readonly count: number;
  readonly labelled: readonly LabelledConfidence[] | undefined;
}

function realisedOf(
  known: readonly RealisedPerformance[],
  { model, version }: { readonly model: string; readonly version: string },
): Truth | undefined {
  const own = known.filter((one) => one.model === model);
  const exact = own.find((one) => one.version === version);
  const { accuracy, sampleCount, labelled } = exact ?? own.find((one) => one.version === '') ?? {};
  if (accuracy === undefined || sampleCount === undefined) return undefined;
  return { accuracy, count: sampleCount, labelled };
}

function gapOf(
  estimated: readonly EstimatedRate[],
  { accuracy, count, labelled }: Truth,
  stream: StreamMonitor,
): PerformanceGap | null {
  if (labelled !== undefined) return gapOfLabelled(labelled, stream);
  const promised = estimated.find(({ metric }) => metric === 'accuracy');
  if (promised === undefined) return null;
  const pair = {
    estimated: promised.value,
    estimatedError: promised.error ?? 0,
    realised: accuracy,
    labelled: count,
  };
  return performanceGap(pair) ?? null;
}

/** Over the same predictions: the labels are all that chance is left in. */
function gapOfLabelled(
  labelled: readonly LabelledConfidence[],
  stream: StreamMonitor,
): PerformanceGap | null {
  const n = labelled.length;
  if (n === 0) return null;
  const calibrate = calibrationOf(stream);
  const promised = labelled.reduce((sum, one) => sum + calibrate(one), 0) / n;
  const right = labelled.filter(({ isRight }) => isRight).length;
  const pair = { estimated: promised, estimatedError: 0, realised: right / n, labelled: n };
  return performanceGap(pair) ?? null;
}

/** The true probability of being right, where the baseline learned a calibration. */
function calibrationOf({
  kind,
  comparison,
}: StreamMonitor): (prediction: LabelledConfidence) => number {
  const knots = comparison?.baseline.calibration;
  if (knots === undefined) return ({ confidence }) => confidence;
  if (kind === 'confidence') return ({ confidence }) => isotonicValue(knots, confidence);
  // A calibration of the positive class tells of the other one what is left.
  return ({ confidence, isPositive }) => {
    if (isPositive === undefined) return confidence;
    return isPositive ? isotonicValue(knots, confidence) : 1 - isotonicValue(knots, 1 - confidence);
  };
}
