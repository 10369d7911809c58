import { logs } from '@opentelemetry/api';

import {
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_PERFORMANCE_DIFFERENCE,
  ATTR_PERFORMANCE_LABELLED,
  ATTR_PERFORMANCE_METHOD,
  ATTR_PERFORMANCE_PROMISED,
  ATTR_PERFORMANCE_REALISED,
  EVENT_DRIFT_CONCEPT,
  SCHEMA_URL,
  textKey,
} from '@telltale/core';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { SCOPE } from '../scope.ts';
import {
  type ModelPerformance,
  modelPerformance,
  type PerformanceOptions,
} from './model-performance.ts';

/** Feedback comes slowly, and a look at all of it is expensive. */
const LOOK_EVERY_MS = 60_000;

/**
 * Tells once when feedback says that a model is not as good as its confidences promise, or better,
 * and again only after they agreed. Looks at most once a minute, as values arrive.
 *
 * @returns how to stop
 */
export function watchConceptDrift(monitor: DriftMonitor, options: PerformanceOptions): () => void {
  if (options.realised === undefined) return () => undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let told: ReadonlySet<string> = new Set();
  return monitor.onEvaluation(() => {
    const nowMs = monitor.options.now();
    // A clock that went back looks at once; it would not look for hours otherwise.
    if (Math.abs(nowMs - lookedMs) < LOOK_EVERY_MS) return;
    lookedMs = nowMs;
    const drifted = modelPerformance(monitor, options).filter((one) => one.gap?.isConceptDrift);
    for (const one of drifted) if (!told.has(nameOf(one))) emit(one);
    told = new Set(drifted.map(nameOf));
  });
}

const nameOf = ({ model, version }: ModelPerformance): string => textKey([model, version]);

function emit({ model, version, estimated, realised, gap }: ModelPerformance): void {
  const promised = estimated.find(({ metric }) => metric === 'accuracy');
  if (promised === undefined || realised === null || gap === null) return;
  const { accuracy, labelled } = realised;
  // Over the labelled predictions where their confidences are known.
  const value = accuracy - gap.gap;
  logs.getLogger(SCOPE, undefined, { schemaUrl: SCHEMA_URL }).emit({
    eventName: EVENT_DRIFT_CONCEPT.name,
    severityNumber: EVENT_DRIFT_CONCEPT.severityNumber,
    body:
      `${model}: accuracy ${accuracy.toFixed(3)} over ${labelled} labelled predictions, ` +
      `where its confidences promise ${value.toFixed(3)}`,
    attributes: {
      [ATTR_MODEL_NAME.name]: model,
      [ATTR_MODEL_VERSION.name]: version,
      [ATTR_PERFORMANCE_METHOD.name]: promised.method,
      [ATTR_PERFORMANCE_PROMISED.name]: value,
      [ATTR_PERFORMANCE_REALISED.name]: accuracy,
      [ATTR_PERFORMANCE_LABELLED.name]: labelled,
      [ATTR_PERFORMANCE_DIFFERENCE.name]: gap.gap,
    },
  });
}
