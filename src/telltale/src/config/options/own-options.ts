import { FLUSH_TIMEOUT_MS, type OptionRow, RUN_SPANS_PER_PARENT_MAX } from '@telltale/core';

/** What `telltale.yaml` and `TELLTALE_*` decide in the watched process. */
export const OWN_OPTIONS: readonly OptionRow[] = [
  {
    key: 'config',
    env: 'TELLTALE_CONFIG',
    type: 'string',
    description: 'Path of the configuration file; without it ./telltale.yaml or ./telltale.json',
  },
  {
    key: 'enabled',
    env: 'TELLTALE_ENABLED',
    type: 'boolean',
    default: 'true',
    description: 'false: nothing is patched and nothing is started',
  },
  {
    key: 'strict',
    env: 'TELLTALE_STRICT',
    type: 'boolean',
    default: 'false',
    description:
      'Stop with exit code 78 before the application when the configuration has problems',
  },
  {
    key: 'sdk',
    env: 'TELLTALE_SDK',
    type: 'enum',
    values: ['auto', 'own', 'node', 'attach', 'off'],
    default: 'auto',
    description:
      'Who runs the OpenTelemetry SDK: own (NodeSDK, started here), node (OTEL_CONFIG_FILE), attach (another tool), off; auto looks',
  },
  {
    key: 'instrumentations',
    env: 'TELLTALE_INSTRUMENTATIONS',
    type: 'list',
    values: ['onnxruntime', 'drift', 'http', 'runtime', 'gpu'],
    default: 'onnxruntime,drift,http,runtime,gpu',
    description:
      'What is watched; drift needs onnxruntime; http, and runtime (process, control group, event loop, garbage collection), only where Telltale runs the SDK',
  },
  {
    key: 'auto_instrumentations',
    env: 'TELLTALE_AUTO_INSTRUMENTATIONS',
    type: 'boolean',
    default: 'false',
    description: 'Add @opentelemetry/auto-instrumentations-node where it is installed',
  },
  {
    key: 'esm_hook',
    env: 'TELLTALE_ESM_HOOK',
    type: 'enum',
    values: ['auto', 'off'],
    default: 'auto',
    description:
      'Watch `import` of onnxruntime-common, on Node.js 22.22.3, 24.11.1, 25.1 and later',
  },
  {
    key: 'service.name',
    env: 'OTEL_SERVICE_NAME',
    type: 'string',
    description: 'Name of the service in all telemetry',
  },
  { key: 'service.version', type: 'string', description: 'Version of the service' },
  {
    key: 'service.environment',
    type: 'string',
    description: 'Where the service runs, such as prod; the attribute deployment.environment.name',
  },
  {
    key: 'monitoring.host',
    env: 'TELLTALE_MONITORING_HOST',
    type: 'string',
    default: '127.0.0.1',
    description: 'Address of the monitoring server',
  },
  {
    key: 'monitoring.port',
    env: 'TELLTALE_MONITORING_PORT',
    type: 'port',
    values: ['off'],
    default: '9464',
    description: 'Port of the monitoring server; 0 takes any free one, off serves none',
  },
  {
    key: 'monitoring.api_key',
    env: 'TELLTALE_API_KEY',
    type: 'string',
    isSecret: true,
    description: 'Key that everything under /monitoring asks for, as X-API-Key or bearer token',
  },
  {
    key: 'monitoring.api_keys_file',
    env: 'TELLTALE_API_KEYS_FILE',
    type: 'string',
    description: 'File with more keys, one a line; without it readable, /monitoring stays closed',
  },
  {
    key: 'monitoring.metrics_key',
    env: 'TELLTALE_METRICS_KEY',
    type: 'boolean',
    default: 'false',
    description: 'Ask for a key at /metrics too, for endpoints mounted in a public application',
  },
  {
    key: 'monitoring.shared_page',
    env: 'TELLTALE_SHARED_PAGE',
    type: 'boolean',
    default: 'true',
    description:
      'Processes of one service whose page is on the same port show their metrics on one page, with the label process_pid; false: only the process that has the port',
  },
  {
    key: 'monitoring.models_min',
    env: 'TELLTALE_MODELS_MIN',
    type: 'integer',
    default: '0',
    description: 'Loaded sessions from which on the process is ready',
  },
  {
    key: 'flush.timeout',
    env: 'TELLTALE_FLUSH_TIMEOUT_MS',
    type: 'duration',
    default: String(FLUSH_TIMEOUT_MS),
    description: 'How long a flush may hold a process that ends',
  },
  {
    key: 'flush.on_crash',
    env: 'TELLTALE_FLUSH_ON_CRASH',
    type: 'boolean',
    default: 'true',
    description:
      'Send what is left also when the process dies of an uncaught error, as flush.on_exit does',
  },
  {
    key: 'flush.on_exit',
    env: 'TELLTALE_FLUSH_ON_EXIT_MS',
    type: 'duration',
    values: ['off'],
    default: '500',
    description:
      'How long a process that ends at once, by process.exit() or an uncaught error, is held to send what is left; off sends nothing',
  },
];

/** Options of the ONNX Runtime instrumentation. */
export const ONNX_RUNTIME_OPTIONS: readonly OptionRow[] = [
  {
    key: 'onnxruntime.telemetry',
    env: 'TELLTALE_ORT_TELEMETRY',
    type: 'boolean',
    default: 'false',
    description:
      'Let ONNX Runtime send usage data to its vendor; otherwise ORT_DISABLE_TELEMETRY=1 is set',
  },
  {
    key: 'onnxruntime.spans',
    env: 'TELLTALE_SPANS',
    type: 'enum',
    values: ['all', 'parent', 'errors', 'off'],
    default: 'all',
    description: 'Which runs get a span; parent: inside another span, errors: failed or slow',
  },
  {
    key: 'onnxruntime.max_spans_per_parent',
    env: 'TELLTALE_SPAN_CAP',
    type: 'integer',
    default: String(RUN_SPANS_PER_PARENT_MAX),
    description: 'Run spans of one model below one parent; the rest share one span',
  },
  {
    key: 'onnxruntime.slow_run',
    env: 'TELLTALE_SLOW_MS',
    type: 'duration',
    values: ['auto', 'off'],
    default: 'auto',
    description: 'From when a run is slow; auto: three times the 99th percentile',
  },
  {
    key: 'onnxruntime.non_finite.inputs',
    type: 'boolean',
    default: 'true',
    description: 'Look for NaN and infinity in inputs',
  },
  {
    key: 'onnxruntime.non_finite.outputs',
    type: 'boolean',
    default: 'true',
    description: 'Look for NaN and infinity in outputs',
  },
  {
    key: 'onnxruntime.non_finite.max_elements',
    type: 'integer',
    default: '65536',
    description: 'Most elements of a tensor looked at in one run',
  },
  {
    key: 'onnxruntime.operator_profile.mode',
    env: 'TELLTALE_OPERATOR_PROFILE',
    type: 'enum',
    values: ['off', 'startup'],
    default: 'off',
    description: 'startup: profile the operators of the first runs of each session',
  },
  {
    key: 'onnxruntime.operator_profile.runs',
    type: 'integer',
    default: '20',
    description: 'Runs profiled at most',
  },
  {
    key: 'onnxruntime.operator_profile.top',
    type: 'integer',
    default: '10',
    description: 'Operators shown a run, the slowest first',
  },
  {
    key: 'onnxruntime.capture_error_message',
    type: 'boolean',
    default: 'false',
    description: 'Add the error message, without folders, to failed spans',
  },
];
