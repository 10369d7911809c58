import type { AttributeRow } from '../rows.ts';

export const ATTR_INFERENCE_BATCH_SIZE: AttributeRow = {
  name: 'ml.inference.batch.size',
  type: 'int',
  description: 'Items of the run: the symbolic first dimension of the first batched input',
  stability: 'development',
};

export const ATTR_INFERENCE_QUEUE_DURATION: AttributeRow = {
  name: 'ml.inference.queue.duration',
  type: 'double',
  description: 'Seconds between the call and the start of native code',
  stability: 'development',
};

export const ATTR_INFERENCE_COMPUTE_DURATION: AttributeRow = {
  name: 'ml.inference.compute.duration',
  type: 'double',
  description: 'Seconds in native code',
  stability: 'development',
};

export const ATTR_INFERENCE_EXECUTION: AttributeRow = {
  name: 'ml.inference.execution',
  type: 'string',
  description: 'How the runtime ran: on the event loop, or beside it',
  values: ['blocking', 'tick', 'async'],
  stability: 'development',
};

export const ATTR_INFERENCE_COLD: AttributeRow = {
  name: 'ml.inference.cold',
  type: 'boolean',
  description: 'First run of a session',
  stability: 'development',
};

export const ATTR_INFERENCE_INPUTS: AttributeRow = {
  name: 'ml.inference.inputs',
  type: 'string[]',
  description: 'Inputs as `name:type[dims]`, at most 16 of 96 characters',
  stability: 'development',
};

export const ATTR_INFERENCE_OUTPUTS: AttributeRow = {
  name: 'ml.inference.outputs',
  type: 'string[]',
  description: 'Outputs as `name:type[dims]`, at most 16 of 96 characters',
  stability: 'development',
};

export const ATTR_INFERENCE_INPUT_SIZE: AttributeRow = {
  name: 'ml.inference.input.size',
  type: 'int',
  description: 'Bytes of all inputs',
  stability: 'development',
};

export const ATTR_INFERENCE_OUTPUT_SIZE: AttributeRow = {
  name: 'ml.inference.output.size',
  type: 'int',
  description: 'Bytes of all outputs',
  stability: 'development',
};

export const ATTR_INFERENCE_NON_FINITE_COUNT: AttributeRow = {
  name: 'ml.inference.non_finite.count',
  type: 'int',
  description: 'NaN and infinite values seen in inputs and outputs',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATED: AttributeRow = {
  name: 'ml.inference.aggregated',
  type: 'boolean',
  description: 'The span stands for many runs, because its parent had reached the cap',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATE_COUNT: AttributeRow = {
  name: 'ml.inference.aggregate.count',
  type: 'int',
  description: 'Runs in an aggregated span',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATE_ERRORS: AttributeRow = {
  name: 'ml.inference.aggregate.errors',
  type: 'int',
  description: 'Failed runs in an aggregated span',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATE_SUM: AttributeRow = {
  name: 'ml.inference.aggregate.sum',
  type: 'double',
  description: 'Total seconds of the runs in an aggregated span',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATE_MIN: AttributeRow = {
  name: 'ml.inference.aggregate.min',
  type: 'double',
  description: 'Seconds of the fastest run in an aggregated span',
  stability: 'development',
};

export const ATTR_INFERENCE_AGGREGATE_MAX: AttributeRow = {
  name: 'ml.inference.aggregate.max',
  type: 'double',
  description: 'Seconds of the slowest run in an aggregated span',
  stability: 'development',
};

export const ATTR_INFERENCE_THRESHOLD: AttributeRow = {
  name: 'ml.inference.threshold',
  type: 'double',
  description: 'Seconds above which a run counts as slow',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_COUNT: AttributeRow = {
  name: 'ml.inference.summary.count',
  type: 'int',
  description: 'Runs that ended in the period, failed ones included',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_ERRORS: AttributeRow = {
  name: 'ml.inference.summary.errors',
  type: 'int',
  description: 'Runs of the period that failed',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_ITEMS: AttributeRow = {
  name: 'ml.inference.summary.items',
  type: 'int',
  description: 'Items of the runs of the period',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_P50: AttributeRow = {
  name: 'ml.inference.summary.p50',
  type: 'double',
  description: 'Seconds below which half of the successful runs of the period stayed',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_P95: AttributeRow = {
  name: 'ml.inference.summary.p95',
  type: 'double',
  description: 'Seconds below which 95 % of the successful runs of the period stayed',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_P99: AttributeRow = {
  name: 'ml.inference.summary.p99',
  type: 'double',
  description: 'Seconds below which 99 % of the successful runs of the period stayed',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO: AttributeRow = {
  name: 'ml.inference.summary.blocked_ratio',
  type: 'double',
  description: 'Share of the period in which runs of the model blocked the event loop',
  stability: 'development',
};

export const ATTR_INFERENCE_SUMMARY_PERIOD: AttributeRow = {
  name: 'ml.inference.summary.period',
  type: 'double',
  description: 'Seconds that the summary covers',
  stability: 'development',
};

export const ATTR_EVENTLOOP_UTILIZATION: AttributeRow = {
  name: 'ml.eventloop.utilization',
  type: 'double',
  description: "Share of the run's wall time in which the event loop was busy",
  stability: 'development',
};

export const ATTR_PIPELINE_TASK: AttributeRow = {
  name: 'ml.pipeline.task',
  type: 'string',
  description: 'Task of a transformers.js pipeline, such as `text-classification`',
  stability: 'development',
};

export const ATTR_IO_DIRECTION: AttributeRow = {
  name: 'ml.io.direction',
  type: 'string',
  description: 'Side of the model',
  values: ['input', 'output'],
  stability: 'development',
};

export const ATTR_NON_FINITE_KIND: AttributeRow = {
  name: 'ml.non_finite.kind',
  type: 'string',
  description: 'Kind of non-finite value',
  values: ['nan', 'inf'],
  stability: 'development',
};

export const ATTR_SUPPRESSION_REASON: AttributeRow = {
  name: 'ml.suppression.reason',
  type: 'string',
  description: 'Why a run has no span of its own',
  values: ['parent_cap', 'rate'],
  stability: 'development',
};

export const INFERENCE_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_INFERENCE_BATCH_SIZE,
  ATTR_INFERENCE_QUEUE_DURATION,
  ATTR_INFERENCE_COMPUTE_DURATION,
  ATTR_INFERENCE_EXECUTION,
  ATTR_INFERENCE_COLD,
  ATTR_INFERENCE_INPUTS,
  ATTR_INFERENCE_OUTPUTS,
  ATTR_INFERENCE_INPUT_SIZE,
  ATTR_INFERENCE_OUTPUT_SIZE,
  ATTR_INFERENCE_NON_FINITE_COUNT,
  ATTR_INFERENCE_AGGREGATED,
  ATTR_INFERENCE_AGGREGATE_COUNT,
  ATTR_INFERENCE_AGGREGATE_ERRORS,
  ATTR_INFERENCE_AGGREGATE_SUM,
  ATTR_INFERENCE_AGGREGATE_MIN,
  ATTR_INFERENCE_AGGREGATE_MAX,
  ATTR_INFERENCE_THRESHOLD,
  ATTR_INFERENCE_SUMMARY_COUNT,
  ATTR_INFERENCE_SUMMARY_ERRORS,
  ATTR_INFERENCE_SUMMARY_ITEMS,
  ATTR_INFERENCE_SUMMARY_P50,
  ATTR_INFERENCE_SUMMARY_P95,
  ATTR_INFERENCE_SUMMARY_P99,
  ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO,
  ATTR_INFERENCE_SUMMARY_PERIOD,
  ATTR_EVENTLOOP_UTILIZATION,
  ATTR_PIPELINE_TASK,
  ATTR_IO_DIRECTION,
  ATTR_NON_FINITE_KIND,
  ATTR_SUPPRESSION_REASON,
];
