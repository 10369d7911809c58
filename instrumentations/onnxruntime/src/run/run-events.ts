import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_INFERENCE_BATCH_SIZE,
  ATTR_INFERENCE_COMPUTE_DURATION,
  ATTR_INFERENCE_QUEUE_DURATION,
  ATTR_INFERENCE_THRESHOLD,
  EVENT_INFERENCE_ERROR,
  EVENT_INFERENCE_SLOW,
} from '@telltale/core';

import { type ErrorClass, exceptionType } from '../errors.ts';
import type { Output } from '../output.ts';
import type { RunRecord } from './run-record.ts';

const SECONDS_PER_MS = 0.001;

/** `ml.inference.slow`: the run took longer than its threshold. */
export function emitSlowRun(
  run: RunRecord,
  { durationMs, thresholdMs }: { readonly durationMs: number; readonly thresholdMs: number },
  output: Output,
): void {
  if (!output.wants(EVENT_INFERENCE_SLOW)) return; // before a text is made of it
  const { model } = run.session;
  output.emit(EVENT_INFERENCE_SLOW, {
    body: `${model.name} took ${durationMs.toFixed(3)} ms, threshold ${thresholdMs.toFixed(3)} ms`,
    context: run.context,
    attributes: {
      ...model.attributes,
      ...(run.computeMs < 0
        ? {}
        : {
            [ATTR_INFERENCE_QUEUE_DURATION.name]: run.queueMs * SECONDS_PER_MS,
            [ATTR_INFERENCE_COMPUTE_DURATION.name]: run.computeMs * SECONDS_PER_MS,
          }),
      [ATTR_INFERENCE_BATCH_SIZE.name]: run.batch,
      [ATTR_INFERENCE_THRESHOLD.name]: thresholdMs * SECONDS_PER_MS,
    },
  });
}

/** `ml.inference.error`, and one diagnostic line for each new class of failure of a model. */
export function emitRunError(
  run: RunRecord,
  { error, errorType }: { readonly error: unknown; readonly errorType: ErrorClass },
  output: Output,
): void {
  const { model } = run.session;
  if (model.failure(errorType).duration.count === 1) {
    output.diag.warn(
      `A run of model "${model.name}" failed: ${errorType} (later ones are counted)`,
    );
  }
  output.emit(EVENT_INFERENCE_ERROR, {
    body: `${model.name} failed: ${errorType}`,
    context: run.context,
    attributes: {
      ...model.attributes,
      [ATTR_ERROR_TYPE.name]: errorType,
      [ATTR_EXCEPTION_TYPE.name]: exceptionType(error),
    },
  });
}
