// Made by `npm run docs` from telemetry/registry: edit the YAML there.
import type { AttributeRow } from '../rows.ts';

// application
export const ATTR_FEEDBACK_RESULT: AttributeRow = { name: 'ml.feedback.result', type: 'string', description: 'How the truth compared with the prediction', values: ['true_positive', 'false_positive', 'true_negative', 'false_negative', 'correct', 'incorrect', 'compared', 'unmatched', 'duplicate', 'ambiguous', 'invalid'], stability: 'development' };
export const ATTR_FEEDBACK_ACTUAL: AttributeRow = { name: 'ml.feedback.actual', type: 'string', description: 'The true outcome', stability: 'development' };
export const ATTR_FEEDBACK_DELAY: AttributeRow = { name: 'ml.feedback.delay', type: 'double', description: 'Seconds between the prediction and the truth', stability: 'development' };
export const ATTR_CACHE_NAME: AttributeRow = { name: 'ml.cache.name', type: 'string', description: 'Name of the cache, at most 50 a process', stability: 'development' };
export const ATTR_CACHE_RESULT: AttributeRow = { name: 'ml.cache.result', type: 'string', description: 'Whether the cache had it', values: ['hit', 'miss'], stability: 'development' };
export const ATTR_QUEUE_NAME: AttributeRow = { name: 'ml.queue.name', type: 'string', description: 'Name of the queue, at most 50 a process', stability: 'development' };
export const ATTR_COMPONENT_NAME: AttributeRow = { name: 'ml.component.name', type: 'string', description: 'Name of the component, at most 50 a process', stability: 'development' };
export const ATTR_COMPONENT_STATE: AttributeRow = { name: 'ml.component.state', type: 'string', description: 'State that the component went to', values: ['up', 'degraded', 'down'], stability: 'development' };
export const ATTR_DETECTOR_STATE: AttributeRow = { name: 'ml.detector.state', type: 'string', description: 'Whether a detector of the application is at work', values: ['active', 'inactive'], stability: 'development' };
export const ATTR_REQUEST_NAME: AttributeRow = { name: 'ml.request.name', type: 'string', description: 'Kind of work, at most 50 a process', stability: 'development' };
export const APPLICATION_ATTRIBUTES: readonly AttributeRow[] = [ATTR_FEEDBACK_RESULT, ATTR_FEEDBACK_ACTUAL, ATTR_FEEDBACK_DELAY, ATTR_CACHE_NAME, ATTR_CACHE_RESULT, ATTR_QUEUE_NAME, ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE, ATTR_DETECTOR_STATE, ATTR_REQUEST_NAME];

// drift
export const ATTR_DRIFT_STREAM: AttributeRow = { name: 'ml.drift.stream', type: 'string', description: 'Feature or output that is watched', stability: 'development' };
export const ATTR_DRIFT_DIRECTION: AttributeRow = { name: 'ml.drift.direction', type: 'string', description: 'Whether the stream goes into the model or comes out of it', values: ['input', 'output'], stability: 'development' };
export const ATTR_DRIFT_SEGMENT: AttributeRow = { name: 'ml.drift.segment', type: 'string', description: 'Part of the traffic that has a baseline of its own', stability: 'development' };
export const ATTR_DRIFT_SEASON: AttributeRow = { name: 'ml.drift.season', type: 'string', description: 'Hour of the week in UTC that has a baseline of its own, such as `mon-09`', stability: 'development' };
export const ATTR_OTEL_METRIC_OVERFLOW: AttributeRow = { name: 'otel.metric.overflow', type: 'boolean', description: 'The stream that all streams beyond the limit share', stability: 'development' };
export const ATTR_DRIFT_ASPECT: AttributeRow = { name: 'ml.drift.aspect', type: 'string', description: 'Which question about the stream: its values, missing ones or novel ones', values: ['value', 'missing', 'novelty'], stability: 'development' };
export const ATTR_DRIFT_METRIC: AttributeRow = { name: 'ml.drift.metric', type: 'string', description: 'Which distance', values: ['ks', 'total_variation', 'psi', 'psi_debiased', 'jensen_shannon', 'hellinger', 'wasserstein_iqr', 'rank_wasserstein', 'ks_low', 'ks_high'], stability: 'development' };
export const ATTR_DRIFT_OUTCOME: AttributeRow = { name: 'ml.drift.outcome', type: 'string', description: 'What a value was; `thinned` is counted beside the others', values: ['ok', 'null', 'invalid', 'unseen', 'out_of_range', 'thinned'], stability: 'development' };
export const ATTR_DRIFT_FROM: AttributeRow = { name: 'ml.drift.from', type: 'string', description: 'State before', values: ['learning', 'stable', 'warning', 'drift', 'alert'], stability: 'development' };
export const ATTR_DRIFT_TO: AttributeRow = { name: 'ml.drift.to', type: 'string', description: 'State after', values: ['learning', 'stable', 'warning', 'drift', 'alert'], stability: 'development' };
export const ATTR_DRIFT_BASELINE_ID: AttributeRow = { name: 'ml.drift.baseline.id', type: 'string', description: 'First 12 digits of the SHA-256 of the baseline; counts of different ones never add up', stability: 'development' };
export const ATTR_DRIFT_EVIDENCE: AttributeRow = { name: 'ml.drift.evidence', type: 'double', description: 'Evidence at the change of state', stability: 'development' };
export const ATTR_DRIFT_EVIDENCE_THRESHOLD: AttributeRow = { name: 'ml.drift.evidence_threshold', type: 'double', description: 'Evidence from which something changed', stability: 'development' };
export const ATTR_DRIFT_DISTANCE: AttributeRow = { name: 'ml.drift.distance', type: 'double', description: 'Effect size at the change of state', stability: 'development' };
export const ATTR_DRIFT_NOISE_FLOOR: AttributeRow = { name: 'ml.drift.noise_floor', type: 'double', description: 'Effect size that 95 % of unchanged windows stay below', stability: 'development' };
export const ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO: AttributeRow = { name: 'ml.drift.change_point.records_ago', type: 'int', description: 'Records since the change most likely began', stability: 'development' };
export const ATTR_DRIFT_CHANGE_POINT_TIME: AttributeRow = { name: 'ml.drift.change_point.time', type: 'string', description: 'When the change most likely began, ISO 8601', stability: 'development' };
export const ATTR_DRIFT_TOP_MOVERS: AttributeRow = { name: 'ml.drift.top_movers', type: 'string[]', description: 'Categories whose share changed most, as `category share->share`', stability: 'development' };
export const ATTR_DRIFT_OUTLYING: AttributeRow = { name: 'ml.drift.outlying', type: 'string[]', description: 'The most outlying predictions, as `trace_id/span_id/value/rank`', stability: 'development' };
export const ATTR_DRIFT_SCOPE: AttributeRow = { name: 'ml.drift.scope', type: 'string', description: 'Present where something was merged over instances', values: ['fleet'], stability: 'development' };
export const ATTR_DRIFT_STATE: AttributeRow = { name: 'ml.drift.state', type: 'string', description: 'State of a stream', values: ['learning', 'stable', 'warning', 'drift', 'alert'], stability: 'development' };
export const ATTR_DRIFT_INSTANCE: AttributeRow = { name: 'ml.drift.instance', type: 'string', description: 'Which instance of a fleet differs from the others', stability: 'development' };
export const ATTR_PERFORMANCE_METRIC: AttributeRow = { name: 'ml.performance.metric', type: 'string', description: 'Which rate or error is estimated', values: ['accuracy', 'precision', 'recall', 'f1', 'specificity', 'auc', 'mean_absolute_error', 'root_mean_squared_error'], stability: 'development' };
export const ATTR_PERFORMANCE_METHOD: AttributeRow = { name: 'ml.performance.method', type: 'string', description: 'How it is estimated', values: ['cbpe', 'cbpe_uncalibrated', 'dle'], stability: 'development' };
export const ATTR_PERFORMANCE_PROMISED: AttributeRow = { name: 'ml.performance.promised', type: 'double', description: 'Accuracy that the confidences promise', stability: 'development' };
export const ATTR_PERFORMANCE_REALISED: AttributeRow = { name: 'ml.performance.realised', type: 'double', description: 'Accuracy that feedback tells', stability: 'development' };
export const ATTR_PERFORMANCE_LABELLED: AttributeRow = { name: 'ml.performance.labelled', type: 'int', description: 'Predictions with feedback behind it', stability: 'development' };
export const ATTR_PERFORMANCE_DIFFERENCE: AttributeRow = { name: 'ml.performance.difference', type: 'double', description: 'Realised accuracy minus the promised one', stability: 'development' };
export const DRIFT_ATTRIBUTES: readonly AttributeRow[] = [ATTR_DRIFT_STREAM, ATTR_DRIFT_DIRECTION, ATTR_DRIFT_SEGMENT, ATTR_DRIFT_SEASON, ATTR_OTEL_METRIC_OVERFLOW, ATTR_DRIFT_ASPECT, ATTR_DRIFT_METRIC, ATTR_DRIFT_OUTCOME, ATTR_DRIFT_FROM, ATTR_DRIFT_TO, ATTR_DRIFT_BASELINE_ID, ATTR_DRIFT_EVIDENCE, ATTR_DRIFT_EVIDENCE_THRESHOLD, ATTR_DRIFT_DISTANCE, ATTR_DRIFT_NOISE_FLOOR, ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO, ATTR_DRIFT_CHANGE_POINT_TIME, ATTR_DRIFT_TOP_MOVERS, ATTR_DRIFT_OUTLYING, ATTR_DRIFT_SCOPE, ATTR_DRIFT_STATE, ATTR_DRIFT_INSTANCE, ATTR_PERFORMANCE_METRIC, ATTR_PERFORMANCE_METHOD, ATTR_PERFORMANCE_PROMISED, ATTR_PERFORMANCE_REALISED, ATTR_PERFORMANCE_LABELLED, ATTR_PERFORMANCE_DIFFERENCE];

// error
export const ATTR_ERROR_TYPE: AttributeRow = { name: 'error.type', type: 'string', description: 'Class of the failure; absent on success', stability: 'stable' };
export const ATTR_EXCEPTION_TYPE: AttributeRow = { name: 'exception.type', type: 'string', description: 'Class name of the thrown error', stability: 'stable' };
export const ATTR_EXCEPTION_STACKTRACE: AttributeRow = { name: 'exception.stacktrace', type: 'string', description: 'Stack trace of the thrown error', stability: 'stable' };
export const ERROR_ATTRIBUTES: readonly AttributeRow[] = [ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE, ATTR_EXCEPTION_STACKTRACE];

// event-loop
export const ATTR_EVENTLOOP_STALL_CAUSE: AttributeRow = { name: 'ml.eventloop.stall.cause', type: 'string', description: 'Whether the process blocked its event loop, or the whole machine stood still', values: ['process', 'host'], stability: 'development' };
export const ATTR_EVENTLOOP_STALL_DURATION: AttributeRow = { name: 'ml.eventloop.stall.duration', type: 'double', description: 'Seconds from the last sign of life of the event loop to the next', stability: 'development' };
export const ATTR_EVENTLOOP_STALL_FUNCTION: AttributeRow = { name: 'ml.eventloop.stall.function', type: 'string', description: 'The function that ran longest, with file and line; absent where no JavaScript was seen', stability: 'development' };
export const ATTR_EVENTLOOP_STALL_STACKS: AttributeRow = { name: 'ml.eventloop.stall.stacks', type: 'string[]', description: 'The five longest stacks, innermost function first', stability: 'development' };
export const EVENT_LOOP_ATTRIBUTES: readonly AttributeRow[] = [ATTR_EVENTLOOP_STALL_CAUSE, ATTR_EVENTLOOP_STALL_DURATION, ATTR_EVENTLOOP_STALL_FUNCTION, ATTR_EVENTLOOP_STALL_STACKS];

// gpu
export const ATTR_HW_ID: AttributeRow = { name: 'hw.id', type: 'string', description: 'Identity of the device: the UUID of NVIDIA, unique_id or PCI address of others', stability: 'development' };
export const ATTR_HW_NAME: AttributeRow = { name: 'hw.name', type: 'string', description: 'Short name of the device on this host, such as gpu0', stability: 'development' };
export const ATTR_HW_PARENT: AttributeRow = { name: 'hw.parent', type: 'string', description: 'Identity of the GPU that a MIG instance is a part of', stability: 'development' };
export const ATTR_HW_TYPE: AttributeRow = { name: 'hw.type', type: 'string', description: 'Kind of hardware', values: ['gpu'], stability: 'development' };
export const ATTR_HW_GPU_TASK: AttributeRow = { name: 'hw.gpu.task', type: 'string', description: 'Part of the GPU that is busy', values: ['general', 'encoder', 'decoder'], stability: 'development' };
export const ATTR_NETWORK_IO_DIRECTION: AttributeRow = { name: 'network.io.direction', type: 'string', description: 'Direction of traffic, seen from the GPU', values: ['transmit', 'receive'], stability: 'development' };
export const ATTR_HW_SENSOR_LOCATION: AttributeRow = { name: 'hw.sensor_location', type: 'string', description: 'Where a temperature is measured', values: ['gpu', 'memory', 'edge', 'junction'], stability: 'development' };
export const ATTR_HW_LIMIT_TYPE: AttributeRow = { name: 'hw.limit_type', type: 'string', description: 'What happens at the limit: the device slows down, or protects itself', values: ['high.degraded', 'high.critical'], stability: 'development' };
export const ATTR_HW_STATE: AttributeRow = { name: 'hw.state', type: 'string', description: 'State of the device', values: ['ok', 'degraded', 'failed', 'predicted_failure'], stability: 'development' };
export const ATTR_HW_MODEL: AttributeRow = { name: 'hw.model', type: 'string', description: 'Product name of the device', stability: 'development' };
export const ATTR_HW_VENDOR: AttributeRow = { name: 'hw.vendor', type: 'string', description: 'Who made the device', values: ['NVIDIA', 'AMD', 'Intel'], stability: 'development' };
export const ATTR_HW_SERIAL_NUMBER: AttributeRow = { name: 'hw.serial_number', type: 'string', description: 'Serial number of the board', stability: 'development' };
export const ATTR_HW_DRIVER_VERSION: AttributeRow = { name: 'hw.driver_version', type: 'string', description: 'Version of the driver', stability: 'development' };
export const ATTR_HW_FIRMWARE_VERSION: AttributeRow = { name: 'hw.firmware_version', type: 'string', description: 'Version of the video BIOS', stability: 'development' };
export const ATTR_GPU_INDEX: AttributeRow = { name: 'ml.gpu.index', type: 'int', description: 'Position of the GPU in the order of the driver', stability: 'development' };
export const ATTR_GPU_PCI_BUS_ID: AttributeRow = { name: 'ml.gpu.pci.bus_id', type: 'string', description: 'PCI address of the GPU', stability: 'development' };
export const ATTR_GPU_CUDA_VERSION: AttributeRow = { name: 'ml.gpu.cuda_version', type: 'string', description: 'Newest CUDA version that the driver supports', stability: 'development' };
export const ATTR_GPU_MIG_PROFILE: AttributeRow = { name: 'ml.gpu.mig.profile', type: 'string', description: 'Profile of a MIG instance, such as 1g.18gb', stability: 'development' };
export const ATTR_GPU_MIG_GPU_INSTANCE_ID: AttributeRow = { name: 'ml.gpu.mig.gpu_instance.id', type: 'int', description: 'Number of the GPU instance', stability: 'development' };
export const ATTR_GPU_MIG_COMPUTE_INSTANCE_ID: AttributeRow = { name: 'ml.gpu.mig.compute_instance.id', type: 'int', description: 'Number of the compute instance in its GPU instance', stability: 'development' };
export const ATTR_GPU_CLOCK_DOMAIN: AttributeRow = { name: 'ml.gpu.clock.domain', type: 'string', description: 'Part of the GPU that a clock drives', values: ['graphics', 'sm', 'memory', 'video'], stability: 'development' };
export const ATTR_GPU_THROTTLE_REASON: AttributeRow = { name: 'ml.gpu.throttle.reason', type: 'string', description: 'Why clocks are held down', values: ['sw_power_cap', 'sync_boost', 'sw_thermal', 'hw_thermal', 'hw_power_brake', 'hw_slowdown'], stability: 'development' };
export const ATTR_GPU_REMAP_CAUSE: AttributeRow = { name: 'ml.gpu.remap.cause', type: 'string', description: 'Kind of memory errors for which rows were replaced', values: ['corrected', 'uncorrected'], stability: 'development' };
export const ATTR_PROCESS_PID: AttributeRow = { name: 'process.pid', type: 'int', description: 'Process that uses the GPU; only where all processes are asked for', stability: 'development' };
export const ATTR_GPU_READER: AttributeRow = { name: 'ml.gpu.reader', type: 'string', description: 'Where the values come from', values: ['nvml', 'nvidia-smi', 'amdgpu', 'intel'], stability: 'development' };
export const ATTR_ENERGY_ATTRIBUTION: AttributeRow = { name: 'ml.energy.attribution', type: 'string', description: 'Whether the run had the GPU for itself', values: ['exclusive', 'shared'], stability: 'development' };
export const ATTR_GPU_XID_CODE: AttributeRow = { name: 'ml.gpu.xid.code', type: 'int', description: 'Error number of the NVIDIA driver', stability: 'development' };
export const GPU_ATTRIBUTES: readonly AttributeRow[] = [ATTR_HW_ID, ATTR_HW_NAME, ATTR_HW_PARENT, ATTR_HW_TYPE, ATTR_HW_GPU_TASK, ATTR_NETWORK_IO_DIRECTION, ATTR_HW_SENSOR_LOCATION, ATTR_HW_LIMIT_TYPE, ATTR_HW_STATE, ATTR_HW_MODEL, ATTR_HW_VENDOR, ATTR_HW_SERIAL_NUMBER, ATTR_HW_DRIVER_VERSION, ATTR_HW_FIRMWARE_VERSION, ATTR_GPU_INDEX, ATTR_GPU_PCI_BUS_ID, ATTR_GPU_CUDA_VERSION, ATTR_GPU_MIG_PROFILE, ATTR_GPU_MIG_GPU_INSTANCE_ID, ATTR_GPU_MIG_COMPUTE_INSTANCE_ID, ATTR_GPU_CLOCK_DOMAIN, ATTR_GPU_THROTTLE_REASON, ATTR_GPU_REMAP_CAUSE, ATTR_PROCESS_PID, ATTR_GPU_READER, ATTR_ENERGY_ATTRIBUTION, ATTR_GPU_XID_CODE];

// http
export const ATTR_HTTP_REQUEST_METHOD: AttributeRow = { name: 'http.request.method', type: 'string', description: 'Method of the request', stability: 'stable' };
export const ATTR_HTTP_ROUTE: AttributeRow = { name: 'http.route', type: 'string', description: 'Route that answered, where the framework tells it: Fastify and Express do', stability: 'stable' };
export const ATTR_URL_PATH: AttributeRow = { name: 'url.path', type: 'string', description: 'Path without the query, where no route is known', stability: 'stable' };
export const ATTR_HTTP_RESPONSE_STATUS_CODE: AttributeRow = { name: 'http.response.status_code', type: 'int', description: 'Status of the answer', stability: 'stable' };
export const ATTR_HTTP_SERVER_REQUEST_DURATION: AttributeRow = { name: 'http.server.request.duration', type: 'double', description: 'Seconds from the head of the request to the end of the answer', stability: 'development' };
export const ATTR_USER_AGENT_ORIGINAL: AttributeRow = { name: 'user_agent.original', type: 'string', description: 'The User-Agent header, at most 256 characters', stability: 'stable' };
export const HTTP_ATTRIBUTES: readonly AttributeRow[] = [ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_URL_PATH, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_SERVER_REQUEST_DURATION, ATTR_USER_AGENT_ORIGINAL];

// inference
export const ATTR_INFERENCE_BATCH_SIZE: AttributeRow = { name: 'ml.inference.batch.size', type: 'int', description: 'Items of the run: the symbolic first dimension of the first batched input', stability: 'development' };
export const ATTR_INFERENCE_QUEUE_DURATION: AttributeRow = { name: 'ml.inference.queue.duration', type: 'double', description: 'Seconds between the call and the start of native code', stability: 'development' };
export const ATTR_INFERENCE_COMPUTE_DURATION: AttributeRow = { name: 'ml.inference.compute.duration', type: 'double', description: 'Seconds in native code', stability: 'development' };
export const ATTR_INFERENCE_EXECUTION: AttributeRow = { name: 'ml.inference.execution', type: 'string', description: 'How the runtime ran: on the event loop, or beside it', values: ['blocking', 'tick', 'async'], stability: 'development' };
export const ATTR_INFERENCE_COLD: AttributeRow = { name: 'ml.inference.cold', type: 'boolean', description: 'First run of a session', stability: 'development' };
export const ATTR_INFERENCE_INPUTS: AttributeRow = { name: 'ml.inference.inputs', type: 'string[]', description: 'Inputs as `name:type[dims]`, at most 16 of 96 characters', stability: 'development' };
export const ATTR_INFERENCE_OUTPUTS: AttributeRow = { name: 'ml.inference.outputs', type: 'string[]', description: 'Outputs as `name:type[dims]`, at most 16 of 96 characters', stability: 'development' };
export const ATTR_INFERENCE_INPUT_SIZE: AttributeRow = { name: 'ml.inference.input.size', type: 'int', description: 'Bytes of all inputs', stability: 'development' };
export const ATTR_INFERENCE_OUTPUT_SIZE: AttributeRow = { name: 'ml.inference.output.size', type: 'int', description: 'Bytes of all outputs', stability: 'development' };
export const ATTR_INFERENCE_NON_FINITE_COUNT: AttributeRow = { name: 'ml.inference.non_finite.count', type: 'int', description: 'NaN and infinite values seen in inputs and outputs', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATED: AttributeRow = { name: 'ml.inference.aggregated', type: 'boolean', description: 'The span stands for many runs, because its parent had reached the cap', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATE_COUNT: AttributeRow = { name: 'ml.inference.aggregate.count', type: 'int', description: 'Runs in an aggregated span', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATE_ERRORS: AttributeRow = { name: 'ml.inference.aggregate.errors', type: 'int', description: 'Failed runs in an aggregated span', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATE_SUM: AttributeRow = { name: 'ml.inference.aggregate.sum', type: 'double', description: 'Total seconds of the runs in an aggregated span', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATE_MIN: AttributeRow = { name: 'ml.inference.aggregate.min', type: 'double', description: 'Seconds of the fastest run in an aggregated span', stability: 'development' };
export const ATTR_INFERENCE_AGGREGATE_MAX: AttributeRow = { name: 'ml.inference.aggregate.max', type: 'double', description: 'Seconds of the slowest run in an aggregated span', stability: 'development' };
export const ATTR_INFERENCE_THRESHOLD: AttributeRow = { name: 'ml.inference.threshold', type: 'double', description: 'Seconds above which a run counts as slow', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_COUNT: AttributeRow = { name: 'ml.inference.summary.count', type: 'int', description: 'Runs that ended in the period, failed ones included', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_ERRORS: AttributeRow = { name: 'ml.inference.summary.errors', type: 'int', description: 'Runs of the period that failed', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_ITEMS: AttributeRow = { name: 'ml.inference.summary.items', type: 'int', description: 'Items of the runs of the period', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_P50: AttributeRow = { name: 'ml.inference.summary.p50', type: 'double', description: 'Seconds below which half of the successful runs of the period stayed', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_P95: AttributeRow = { name: 'ml.inference.summary.p95', type: 'double', description: 'Seconds below which 95 % of the successful runs of the period stayed', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_P99: AttributeRow = { name: 'ml.inference.summary.p99', type: 'double', description: 'Seconds below which 99 % of the successful runs of the period stayed', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO: AttributeRow = { name: 'ml.inference.summary.blocked_ratio', type: 'double', description: 'Share of the period in which runs of the model blocked the event loop', stability: 'development' };
export const ATTR_INFERENCE_SUMMARY_PERIOD: AttributeRow = { name: 'ml.inference.summary.period', type: 'double', description: 'Seconds that the summary covers', stability: 'development' };
export const ATTR_EVENTLOOP_UTILIZATION: AttributeRow = { name: 'ml.eventloop.utilization', type: 'double', description: 'Share of the run\'s wall time in which the event loop was busy', stability: 'development' };
export const ATTR_PIPELINE_TASK: AttributeRow = { name: 'ml.pipeline.task', type: 'string', description: 'Task of a transformers.js pipeline, such as `text-classification`', stability: 'development' };
export const ATTR_IO_DIRECTION: AttributeRow = { name: 'ml.io.direction', type: 'string', description: 'Side of the model', values: ['input', 'output'], stability: 'development' };
export const ATTR_NON_FINITE_KIND: AttributeRow = { name: 'ml.non_finite.kind', type: 'string', description: 'Kind of non-finite value', values: ['nan', 'inf'], stability: 'development' };
export const ATTR_SUPPRESSION_REASON: AttributeRow = { name: 'ml.suppression.reason', type: 'string', description: 'Why a run has no span of its own', values: ['parent_cap', 'rate'], stability: 'development' };
export const INFERENCE_ATTRIBUTES: readonly AttributeRow[] = [ATTR_INFERENCE_BATCH_SIZE, ATTR_INFERENCE_QUEUE_DURATION, ATTR_INFERENCE_COMPUTE_DURATION, ATTR_INFERENCE_EXECUTION, ATTR_INFERENCE_COLD, ATTR_INFERENCE_INPUTS, ATTR_INFERENCE_OUTPUTS, ATTR_INFERENCE_INPUT_SIZE, ATTR_INFERENCE_OUTPUT_SIZE, ATTR_INFERENCE_NON_FINITE_COUNT, ATTR_INFERENCE_AGGREGATED, ATTR_INFERENCE_AGGREGATE_COUNT, ATTR_INFERENCE_AGGREGATE_ERRORS, ATTR_INFERENCE_AGGREGATE_SUM, ATTR_INFERENCE_AGGREGATE_MIN, ATTR_INFERENCE_AGGREGATE_MAX, ATTR_INFERENCE_THRESHOLD, ATTR_INFERENCE_SUMMARY_COUNT, ATTR_INFERENCE_SUMMARY_ERRORS, ATTR_INFERENCE_SUMMARY_ITEMS, ATTR_INFERENCE_SUMMARY_P50, ATTR_INFERENCE_SUMMARY_P95, ATTR_INFERENCE_SUMMARY_P99, ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO, ATTR_INFERENCE_SUMMARY_PERIOD, ATTR_EVENTLOOP_UTILIZATION, ATTR_PIPELINE_TASK, ATTR_IO_DIRECTION, ATTR_NON_FINITE_KIND, ATTR_SUPPRESSION_REASON];

// model
export const ATTR_OPERATION_NAME: AttributeRow = { name: 'ml.operation.name', type: 'string', description: 'What the span times', values: ['load', 'infer', 'operator', 'pipeline'], stability: 'development' };
export const ATTR_MODEL_NAME: AttributeRow = { name: 'ml.model.name', type: 'string', description: 'Name of the model, at most 100 names a process, then `_OTHER`', stability: 'development' };
export const ATTR_MODEL_VERSION: AttributeRow = { name: 'ml.model.version', type: 'string', description: 'Version of the model: configured, from its path, its header or its content hash', stability: 'development' };
export const ATTR_MODEL_ID: AttributeRow = { name: 'ml.model.id', type: 'string', description: 'SHA-256 over the first MiB, the last MiB and the length of the model file', stability: 'development' };
export const ATTR_MODEL_FORMAT: AttributeRow = { name: 'ml.model.format', type: 'string', description: 'File format of the model', values: ['onnx'], stability: 'development' };
export const ATTR_MODEL_SIZE: AttributeRow = { name: 'ml.model.size', type: 'int', description: 'Size of the model file in bytes', stability: 'development' };
export const ATTR_MODEL_SOURCE: AttributeRow = { name: 'ml.model.source', type: 'string', description: 'Where the model came from', values: ['file', 'buffer'], stability: 'development' };
export const ATTR_MODEL_FILE_NAME: AttributeRow = { name: 'ml.model.file.name', type: 'string', description: 'Base name of the model file, never its folder', stability: 'development' };
export const ATTR_MODEL_OPSET: AttributeRow = { name: 'ml.model.opset', type: 'int', description: 'Version of the default ONNX operator set', stability: 'development' };
export const ATTR_MODEL_PRODUCER: AttributeRow = { name: 'ml.model.producer', type: 'string', description: 'Program that wrote the model', stability: 'development' };
export const ATTR_MODEL_DTYPE: AttributeRow = { name: 'ml.model.dtype', type: 'string', description: 'Weight type as transformers.js names it', stability: 'development' };
export const ATTR_RUNTIME_NAME: AttributeRow = { name: 'ml.runtime.name', type: 'string', description: 'Inference runtime', values: ['onnxruntime-node', 'onnxruntime-web'], stability: 'development' };
export const ATTR_RUNTIME_VERSION: AttributeRow = { name: 'ml.runtime.version', type: 'string', description: 'Version of the inference runtime', stability: 'development' };
export const ATTR_RUNTIME_PROVIDERS: AttributeRow = { name: 'ml.runtime.providers', type: 'string[]', description: 'Execution providers the application asked for, in order', stability: 'development' };
export const ATTR_RUNTIME_REGISTERED_PROVIDERS: AttributeRow = { name: 'ml.runtime.registered_providers', type: 'string[]', description: 'Execution providers the session was created with: those asked for that the build has', stability: 'development' };
export const ATTR_RUNTIME_DEVICE: AttributeRow = { name: 'ml.runtime.device', type: 'string', description: 'Device as transformers.js names it', stability: 'development' };
export const ATTR_RUNTIME_GRAPH_OPTIMIZATION_LEVEL: AttributeRow = { name: 'ml.runtime.graph_optimization_level', type: 'string', description: 'Graph optimization level the application asked for', stability: 'development' };
export const ATTR_RUNTIME_INTRA_OP_THREADS: AttributeRow = { name: 'ml.runtime.intra_op_threads', type: 'int', description: 'Threads inside one operator, as asked for', stability: 'development' };
export const ATTR_RUNTIME_INTER_OP_THREADS: AttributeRow = { name: 'ml.runtime.inter_op_threads', type: 'int', description: 'Threads across operators, as asked for', stability: 'development' };
export const ATTR_UNLOAD_REASON: AttributeRow = { name: 'ml.unload.reason', type: 'string', description: 'Released by the application, collected as garbage without a release, or a release that the runtime refused', values: ['released', 'collected', 'refused'], stability: 'development' };
export const MODEL_ATTRIBUTES: readonly AttributeRow[] = [ATTR_OPERATION_NAME, ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_MODEL_ID, ATTR_MODEL_FORMAT, ATTR_MODEL_SIZE, ATTR_MODEL_SOURCE, ATTR_MODEL_FILE_NAME, ATTR_MODEL_OPSET, ATTR_MODEL_PRODUCER, ATTR_MODEL_DTYPE, ATTR_RUNTIME_NAME, ATTR_RUNTIME_VERSION, ATTR_RUNTIME_PROVIDERS, ATTR_RUNTIME_REGISTERED_PROVIDERS, ATTR_RUNTIME_DEVICE, ATTR_RUNTIME_GRAPH_OPTIMIZATION_LEVEL, ATTR_RUNTIME_INTRA_OP_THREADS, ATTR_RUNTIME_INTER_OP_THREADS, ATTR_UNLOAD_REASON];

// operator
export const ATTR_OPERATOR_NAME: AttributeRow = { name: 'ml.operator.name', type: 'string', description: 'ONNX operator type', stability: 'development' };
export const ATTR_OPERATOR_NODE: AttributeRow = { name: 'ml.operator.node', type: 'string', description: 'Node of the graph, at most 64 characters', stability: 'development' };
export const ATTR_OPERATOR_PROVIDER: AttributeRow = { name: 'ml.operator.provider', type: 'string', description: 'Execution provider that ran the operator', stability: 'development' };
export const ATTR_OPERATOR_INDEX: AttributeRow = { name: 'ml.operator.index', type: 'int', description: 'Position of the node in the graph', stability: 'development' };
export const ATTR_OPERATOR_OUTPUT: AttributeRow = { name: 'ml.operator.output', type: 'string', description: 'Types and shapes of the operator\'s outputs', stability: 'development' };
export const OPERATOR_ATTRIBUTES: readonly AttributeRow[] = [ATTR_OPERATOR_NAME, ATTR_OPERATOR_NODE, ATTR_OPERATOR_PROVIDER, ATTR_OPERATOR_INDEX, ATTR_OPERATOR_OUTPUT];

// prediction
export const ATTR_PREDICTION_ID: AttributeRow = { name: 'ml.prediction.id', type: 'string', description: 'Id that feedback refers to', stability: 'development' };
export const ATTR_PREDICTION_OUTCOME: AttributeRow = { name: 'ml.prediction.outcome', type: 'string', description: 'Predicted class, at most 50 values a model, then `_OTHER`', stability: 'development' };
export const ATTR_PREDICTION_LEVEL: AttributeRow = { name: 'ml.prediction.level', type: 'string', description: 'Severity the application gives the prediction, at most 50 values a model', stability: 'development' };
export const ATTR_PREDICTION_CATEGORY: AttributeRow = { name: 'ml.prediction.category', type: 'string', description: 'Category the application gives the prediction, at most 50 values a model', stability: 'development' };
export const ATTR_PREDICTION_CONFIDENCE: AttributeRow = { name: 'ml.prediction.confidence', type: 'double', description: 'Confidence from 0 to 1', stability: 'development' };
export const ATTR_PREDICTION_VALUE: AttributeRow = { name: 'ml.prediction.value', type: 'double', description: 'Predicted number of a regression', stability: 'development' };
export const ATTR_INVALID_REASON: AttributeRow = { name: 'ml.invalid.reason', type: 'string', description: 'What could not be recorded of a prediction; `rows`: the confidence of rows beyond 1024 of a run', values: ['confidence', 'outcome', 'value', 'rows'], stability: 'development' };
export const PREDICTION_ATTRIBUTES: readonly AttributeRow[] = [ATTR_PREDICTION_ID, ATTR_PREDICTION_OUTCOME, ATTR_PREDICTION_LEVEL, ATTR_PREDICTION_CATEGORY, ATTR_PREDICTION_CONFIDENCE, ATTR_PREDICTION_VALUE, ATTR_INVALID_REASON];

// process
export const ATTR_CPU_MODE: AttributeRow = { name: 'cpu.mode', type: 'string', description: 'Kind of CPU time', values: ['user', 'system'], stability: 'development' };
export const ATTR_PROCESS_CONTEXT_SWITCH_TYPE: AttributeRow = { name: 'process.context_switch.type', type: 'string', description: 'Whether the process gave the CPU up or was taken off it', values: ['voluntary', 'involuntary'], stability: 'development' };
export const ATTR_SYSTEM_PAGING_FAULT_TYPE: AttributeRow = { name: 'system.paging.fault.type', type: 'string', description: 'Page fault with or without a read from storage', values: ['major', 'minor'], stability: 'development' };
export const ATTR_DISK_IO_DIRECTION: AttributeRow = { name: 'disk.io.direction', type: 'string', description: 'Direction of storage traffic', values: ['read', 'write'], stability: 'development' };
export const ATTR_CONTAINER_RESOURCE: AttributeRow = { name: 'ml.container.resource', type: 'string', description: 'Resource that tasks of the control group waited for', values: ['cpu', 'memory', 'io'], stability: 'development' };
export const ATTR_CONTAINER_PRESSURE_KIND: AttributeRow = { name: 'ml.container.pressure.kind', type: 'string', description: 'Whether some or all tasks waited', values: ['some', 'full'], stability: 'development' };
export const PROCESS_ATTRIBUTES: readonly AttributeRow[] = [ATTR_CPU_MODE, ATTR_PROCESS_CONTEXT_SWITCH_TYPE, ATTR_SYSTEM_PAGING_FAULT_TYPE, ATTR_DISK_IO_DIRECTION, ATTR_CONTAINER_RESOURCE, ATTR_CONTAINER_PRESSURE_KIND];

// telltale
export const ATTR_TELLTALE_SIGNAL: AttributeRow = { name: 'telltale.signal', type: 'string', description: 'Signal or part of Telltale concerned', stability: 'development' };
export const ATTR_TELLTALE_REASON: AttributeRow = { name: 'telltale.reason', type: 'string', description: 'Why it happened', stability: 'development' };
export const ATTR_TELLTALE_EVENT_TYPE: AttributeRow = { name: 'telltale.event.type', type: 'string', description: 'Type of the event, the `type` of a line in the log file', values: ['PERFORMANCE', 'REQUEST', 'PREDICTION', 'ALERT', 'ERROR'], stability: 'development' };
export const TELLTALE_ATTRIBUTES: readonly AttributeRow[] = [ATTR_TELLTALE_SIGNAL, ATTR_TELLTALE_REASON, ATTR_TELLTALE_EVENT_TYPE];

/** Every one of them. */
export const ATTRIBUTES: readonly AttributeRow[] = [ATTR_FEEDBACK_RESULT, ATTR_FEEDBACK_ACTUAL, ATTR_FEEDBACK_DELAY, ATTR_CACHE_NAME, ATTR_CACHE_RESULT, ATTR_QUEUE_NAME, ATTR_COMPONENT_NAME, ATTR_COMPONENT_STATE, ATTR_DETECTOR_STATE, ATTR_REQUEST_NAME, ATTR_DRIFT_STREAM, ATTR_DRIFT_DIRECTION, ATTR_DRIFT_SEGMENT, ATTR_DRIFT_SEASON, ATTR_OTEL_METRIC_OVERFLOW, ATTR_DRIFT_ASPECT, ATTR_DRIFT_METRIC, ATTR_DRIFT_OUTCOME, ATTR_DRIFT_FROM, ATTR_DRIFT_TO, ATTR_DRIFT_BASELINE_ID, ATTR_DRIFT_EVIDENCE, ATTR_DRIFT_EVIDENCE_THRESHOLD, ATTR_DRIFT_DISTANCE, ATTR_DRIFT_NOISE_FLOOR, ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO, ATTR_DRIFT_CHANGE_POINT_TIME, ATTR_DRIFT_TOP_MOVERS, ATTR_DRIFT_OUTLYING, ATTR_DRIFT_SCOPE, ATTR_DRIFT_STATE, ATTR_DRIFT_INSTANCE, ATTR_PERFORMANCE_METRIC, ATTR_PERFORMANCE_METHOD, ATTR_PERFORMANCE_PROMISED, ATTR_PERFORMANCE_REALISED, ATTR_PERFORMANCE_LABELLED, ATTR_PERFORMANCE_DIFFERENCE, ATTR_ERROR_TYPE, ATTR_EXCEPTION_TYPE, ATTR_EXCEPTION_STACKTRACE, ATTR_EVENTLOOP_STALL_CAUSE, ATTR_EVENTLOOP_STALL_DURATION, ATTR_EVENTLOOP_STALL_FUNCTION, ATTR_EVENTLOOP_STALL_STACKS, ATTR_HW_ID, ATTR_HW_NAME, ATTR_HW_PARENT, ATTR_HW_TYPE, ATTR_HW_GPU_TASK, ATTR_NETWORK_IO_DIRECTION, ATTR_HW_SENSOR_LOCATION, ATTR_HW_LIMIT_TYPE, ATTR_HW_STATE, ATTR_HW_MODEL, ATTR_HW_VENDOR, ATTR_HW_SERIAL_NUMBER, ATTR_HW_DRIVER_VERSION, ATTR_HW_FIRMWARE_VERSION, ATTR_GPU_INDEX, ATTR_GPU_PCI_BUS_ID, ATTR_GPU_CUDA_VERSION, ATTR_GPU_MIG_PROFILE, ATTR_GPU_MIG_GPU_INSTANCE_ID, ATTR_GPU_MIG_COMPUTE_INSTANCE_ID, ATTR_GPU_CLOCK_DOMAIN, ATTR_GPU_THROTTLE_REASON, ATTR_GPU_REMAP_CAUSE, ATTR_PROCESS_PID, ATTR_GPU_READER, ATTR_ENERGY_ATTRIBUTION, ATTR_GPU_XID_CODE, ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_ROUTE, ATTR_URL_PATH, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_SERVER_REQUEST_DURATION, ATTR_USER_AGENT_ORIGINAL, ATTR_INFERENCE_BATCH_SIZE, ATTR_INFERENCE_QUEUE_DURATION, ATTR_INFERENCE_COMPUTE_DURATION, ATTR_INFERENCE_EXECUTION, ATTR_INFERENCE_COLD, ATTR_INFERENCE_INPUTS, ATTR_INFERENCE_OUTPUTS, ATTR_INFERENCE_INPUT_SIZE, ATTR_INFERENCE_OUTPUT_SIZE, ATTR_INFERENCE_NON_FINITE_COUNT, ATTR_INFERENCE_AGGREGATED, ATTR_INFERENCE_AGGREGATE_COUNT, ATTR_INFERENCE_AGGREGATE_ERRORS, ATTR_INFERENCE_AGGREGATE_SUM, ATTR_INFERENCE_AGGREGATE_MIN, ATTR_INFERENCE_AGGREGATE_MAX, ATTR_INFERENCE_THRESHOLD, ATTR_INFERENCE_SUMMARY_COUNT, ATTR_INFERENCE_SUMMARY_ERRORS, ATTR_INFERENCE_SUMMARY_ITEMS, ATTR_INFERENCE_SUMMARY_P50, ATTR_INFERENCE_SUMMARY_P95, ATTR_INFERENCE_SUMMARY_P99, ATTR_INFERENCE_SUMMARY_BLOCKED_RATIO, ATTR_INFERENCE_SUMMARY_PERIOD, ATTR_EVENTLOOP_UTILIZATION, ATTR_PIPELINE_TASK, ATTR_IO_DIRECTION, ATTR_NON_FINITE_KIND, ATTR_SUPPRESSION_REASON, ATTR_OPERATION_NAME, ATTR_MODEL_NAME, ATTR_MODEL_VERSION, ATTR_MODEL_ID, ATTR_MODEL_FORMAT, ATTR_MODEL_SIZE, ATTR_MODEL_SOURCE, ATTR_MODEL_FILE_NAME, ATTR_MODEL_OPSET, ATTR_MODEL_PRODUCER, ATTR_MODEL_DTYPE, ATTR_RUNTIME_NAME, ATTR_RUNTIME_VERSION, ATTR_RUNTIME_PROVIDERS, ATTR_RUNTIME_REGISTERED_PROVIDERS, ATTR_RUNTIME_DEVICE, ATTR_RUNTIME_GRAPH_OPTIMIZATION_LEVEL, ATTR_RUNTIME_INTRA_OP_THREADS, ATTR_RUNTIME_INTER_OP_THREADS, ATTR_UNLOAD_REASON, ATTR_OPERATOR_NAME, ATTR_OPERATOR_NODE, ATTR_OPERATOR_PROVIDER, ATTR_OPERATOR_INDEX, ATTR_OPERATOR_OUTPUT, ATTR_PREDICTION_ID, ATTR_PREDICTION_OUTCOME, ATTR_PREDICTION_LEVEL, ATTR_PREDICTION_CATEGORY, ATTR_PREDICTION_CONFIDENCE, ATTR_PREDICTION_VALUE, ATTR_INVALID_REASON, ATTR_CPU_MODE, ATTR_PROCESS_CONTEXT_SWITCH_TYPE, ATTR_SYSTEM_PAGING_FAULT_TYPE, ATTR_DISK_IO_DIRECTION, ATTR_CONTAINER_RESOURCE, ATTR_CONTAINER_PRESSURE_KIND, ATTR_TELLTALE_SIGNAL, ATTR_TELLTALE_REASON, ATTR_TELLTALE_EVENT_TYPE];
