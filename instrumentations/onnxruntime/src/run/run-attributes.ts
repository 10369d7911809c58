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

import type { ExecutionMode } from '../runtime/run-timing.ts';
import { describeSide } from '../spans/described-tensors.ts';
import type { TensorMap } from '../types.ts';
import type { RunRecord } from './run-record.ts';

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

export interface RunOutcome {
  readonly mode: ExecutionMode | undefined;
  readonly results: TensorMap | undefined;
}

/** All attributes of one settled run. Those that do not apply are absent. */
export function runAttributes(run: RunRecord, { mode, results }: RunOutcome): Attributes {
  const isWhole = results !== undefined && run.computeMs >= 0 && mode !== undefined;
  const attributes = isWhole ? wholeRun(run, mode, results) : partOfRun(run, { mode, results });
  if (run.isCold) attributes[COLD] = true;
  if (run.nonFinite > 0) attributes[NON_FINITE] = run.nonFinite;
  if (run.utilization !== undefined) {
    attributes[UTILIZATION] = performance.eventLoopUtilization(run.utilization).utilization;
  }
  return attributes;
}

/** Nearly every run: one copy of an object that has all the keys, which then get their values. */
function wholeRun(run: RunRecord, mode: ExecutionMode, results: TensorMap): Attributes {
  const attributes: Attributes = { ...run.session.wholeRunAttributes };
  attributes[BATCH] = run.batch;
  attributes[QUEUE] = run.queueMs * SECONDS_PER_MS;
  attributes[COMPUTE] = run.computeMs * SECONDS_PER_MS;
  attributes[EXECUTION] = mode;
  attributes[INPUT_SIZE] = run.inputBytes;
  attributes[OUTPUT_SIZE] = run.outputBytes;
  attributes[INPUTS] = describeInputs(run);
  attributes[OUTPUTS] = describeOutputs(run, results);
  return attributes;
}

function partOfRun(run: RunRecord, { mode, results }: RunOutcome): Attributes {
  const attributes: Attributes = {
    ...run.session.spanAttributes,
    [BATCH]: run.batch,
    [INPUT_SIZE]: run.inputBytes,
  };
  if (run.queueMs >= 0) attributes[QUEUE] = run.queueMs * SECONDS_PER_MS;
  if (run.computeMs >= 0) attributes[COMPUTE] = run.computeMs * SECONDS_PER_MS;
  if (mode !== undefined) attributes[EXECUTION] = mode;
  if (results === undefined) describeRefusedInputs(run, attributes);
  else {
    attributes[INPUTS] = describeInputs(run);
    attributes[OUTPUT_SIZE] = run.outputBytes;
    attributes[OUTPUTS] = describeOutputs(run, results);
  }
  return attributes;
}

/** What the application fed to a run that failed may be anything, or be what made it fail. */
function describeRefusedInputs(run: RunRecord, attributes: Attributes): void {
  if (typeof run.feeds !== 'object' || run.feeds === null) return;
  try {
    attributes[INPUTS] = describeInputs(run);
  } catch {
    // No tensors, which the class of the error tells.
  }
}

function describeInputs({ session, feeds }: RunRecord): string[] {
  const { inputNames, describedInputs } = session;
  const described = describeSide(describedInputs, feeds as TensorMap, inputNames);
  session.describedInputs = described;
  return described.text;
}

function describeOutputs({ session }: RunRecord, results: TensorMap): string[] {
  const { outputNames, describedOutputs } = session;
  const described = describeSide(describedOutputs, results, outputNames);
  session.describedOutputs = described;
  return described.text;
}
