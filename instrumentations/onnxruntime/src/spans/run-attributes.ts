import { performance } from 'node:perf_hooks';

import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_EVENTLOOP_UTILIZATION,
  ATTR_INFERENCE_BATCH_SIZE,
  ATTR_INFERENCE_COLD,
  ATTR_INFERENCE_COMPUTE_DURATION,
  ATTR_INFERENCE_EXECUTION,
  ATTR_INFERENCE_INPUT_SIZE,
  ATTR_INFERENCE_INPUTS,
  ATTR_INFERENCE_NON_FINITE_COUNT,
  ATTR_INFERENCE_OUTPUT_SIZE,
  ATTR_INFERENCE_OUTPUTS,
  ATTR_INFERENCE_QUEUE_DURATION,
} from '@telltale/core';

import type { RunRecord } from '../run/run-record.ts';
import type { ExecutionMode } from '../run/run-timing.ts';
import type { TensorMap } from '../types.ts';
import { describeSide } from './described-tensors.ts';

const SECONDS_PER_MS = 0.001;

// The names, once: these lines run for every span.
const BATCH = ATTR_INFERENCE_BATCH_SIZE.name;
const QUEUE = ATTR_INFERENCE_QUEUE_DURATION.name;
const COMPUTE = ATTR_INFERENCE_COMPUTE_DURATION.name;
const EXECUTION = ATTR_INFERENCE_EXECUTION.name;
const COLD = ATTR_INFERENCE_COLD.name;
const INPUTS = ATTR_INFERENCE_INPUTS.name;
const OUTPUTS = ATTR_INFERENCE_OUTPUTS.name;
const INPUT_SIZE = ATTR_INFERENCE_INPUT_SIZE.name;
const OUTPUT_SIZE = ATTR_INFERENCE_OUTPUT_SIZE.name;
const NON_FINITE = ATTR_INFERENCE_NON_FINITE_COUNT.name;
const UTILIZATION = ATTR_EVENTLOOP_UTILIZATION.name;

/** Adds what one settled run tells to `to`. Attributes that do not apply are absent. */
export function addRunAttributes(
  to: Attributes,
  run: RunRecord,
  outcome: { readonly mode: ExecutionMode | undefined; readonly results: TensorMap | undefined },
): void {
  to[BATCH] = run.batch;
  to[INPUT_SIZE] = run.inputBytes;
  if (run.queueMs >= 0) to[QUEUE] = run.queueMs * SECONDS_PER_MS;
  if (run.computeMs >= 0) to[COMPUTE] = run.computeMs * SECONDS_PER_MS;
  if (outcome.mode !== undefined) to[EXECUTION] = outcome.mode;
  if (run.isCold) to[COLD] = true;
  if (run.nonFinite > 0) to[NON_FINITE] = run.nonFinite;
  addDescriptions(to, run, outcome.results);
  if (run.utilization !== undefined) {
    to[UTILIZATION] = performance.eventLoopUtilization(run.utilization).utilization;
  }
}

function addDescriptions(to: Attributes, run: RunRecord, results: TensorMap | undefined): void {
  const { session, feeds } = run;
  if (typeof feeds === 'object' && feeds !== null) {
    const tensors = feeds as TensorMap;
    session.describedInputs = describeSide(session.describedInputs, tensors, session.inputNames);
    to[INPUTS] = session.describedInputs.text;
  }
  if (results === undefined) return;
  session.describedOutputs = describeSide(session.describedOutputs, results, session.outputNames);
  to[OUTPUTS] = session.describedOutputs.text;
  to[OUTPUT_SIZE] = run.outputBytes;
}
