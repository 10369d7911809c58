import * as v from 'valibot';

import { apiUrl } from './api-url.ts';
import type { CollectorConfig } from './collector-config.ts';
import {
  count,
  duration,
  fileName,
  httpUrl,
  labelName,
  listenAddress,
  positiveDuration,
} from './fields.ts';
import { forwardTarget } from './forward-schema.ts';
import { receiver } from './receiver-schema.ts';

/** A strict object whose keys all have defaults, and which may be left out as a whole. */
function section<Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, undefined>>> {
  // The types cannot see that the empty object is valid input, because each entry has a default.
  return v.optional(v.strictObject(entries), {} as never) as never;
}

const flag = v.boolean('expected true or false');

const scope = v.picklist(
  ['ingest', 'read', 'write', 'admin'],
  'expected one of ingest, read, write, admin',
);

const apiKey = v.pipe(
  v.strictObject({
    name: v.pipe(v.string('expected a name'), v.nonEmpty('expected a name')),
    key_file: v.optional(fileName),
    key_env: v.optional(v.pipe(v.string(), v.nonEmpty())),
    scopes: v.pipe(v.array(scope), v.nonEmpty('expected at least one scope')),
  }),
  v.check(
    (key) => (key.key_file === undefined) !== (key.key_env === undefined),
    'expected either key_file or key_env: a key never stands in this file',
  ),
);

const severityRank = v.picklist(
  ['INFO', 'WARNING', 'ERROR', 'CRITICAL'],
  'expected one of INFO, WARNING, ERROR, CRITICAL',
);

const otlp = section({
  translation_strategy: v.optional(
    v.picklist(
      [
        'UnderscoreEscapingWithSuffixes',
        'UnderscoreEscapingWithoutSuffixes',
        'NoUTF8EscapingWithSuffixes',
        'NoTranslation',
      ],
      'expected a translation strategy of Prometheus',
    ),
    'UnderscoreEscapingWithSuffixes',
  ),
  promote_resource_attributes: v.optional(v.array(v.string()), []),
  promote_all_resource_attributes: v.optional(flag, false),
  ignore_resource_attributes: v.optional(v.array(v.string()), []),
  keep_identifying_resource_attributes: v.optional(flag, false),
  convert_histograms_to_nhcb: v.optional(flag, false),
  promote_scope_metadata: v.optional(flag, false),
  delta: v.optional(
    v.picklist(['to_cumulative', 'reject'], 'expected to_cumulative or reject'),
    'to_cumulative',
  ),
  max_body_bytes: v.optional(count, 64 * 2 ** 20),
  liveness: v.optional(v.strictObject({ missed_intervals: v.optional(count, 3) })),
});

const limits = section({
  max_series: v.optional(count, 250_000),
  max_series_per_metric: v.optional(count, 50_000),
  max_labels: v.optional(count, 64),
  max_label_value_bytes: v.optional(count, 2048),
});

const evaluation = section({
  interval: v.optional(positiveDuration, '1m'),
  query_offset: v.optional(duration, '0s'),
  on_arrival: section({
    groups: v.optional(v.array(v.string()), ['*']),
    min_gap: v.optional(positiveDuration, '100ms'),
  }),
});

const promql = section({
  lookback: v.optional(positiveDuration, '5m'),
  experimental: v.optional(flag, false),
  use_start_timestamps: v.optional(flag, false),
  timeout: v.optional(
    v.pipe(positiveDuration, v.maxValue(30_000, 'expected a duration of at most 30s')),
    '10s',
  ),
  max_samples: v.optional(count, 50_000_000),
  max_query_bytes: v.optional(
    v.pipe(count, v.minValue(32 * 2 ** 20, 'expected at least 33554432 (32 MiB)')),
    256 * 2 ** 20,
  ),
});

const outbox = section({
  max_age: v.optional(positiveDuration, '1d'),
  backoff: section({
    initial: v.optional(positiveDuration, '1s'),
    factor: v.optional(v.pipe(v.number(), v.minValue(1, 'expected a factor of at least 1')), 2),
    max: v.optional(positiveDuration, '5m'),
    jitter: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected a share between 0 and 1'),
        v.maxValue(1, 'expected a share between 0 and 1'),
      ),
      0.2,
    ),
  }),
});

const rateLimit = v.strictObject({
  per_second: v.pipe(v.number('expected a number'), v.minValue(0.001, 'expected a rate above 0')),
  burst: v.optional(count, 5),
});

const flapDamping = v.strictObject({
  changes: v.optional(count, 6),
  window: v.optional(positiveDuration, '10m'),
});

const escalationStep = v.strictObject({
  after: v.optional(duration, '0s'),
  receivers: v.pipe(v.array(v.string()), v.nonEmpty('expected at least one receiver')),
});

const escalationPolicy = v.pipe(
  v.strictObject({
    matchers: v.optional(v.array(v.string('expected a matcher such as team="x"')), []),
    steps: v.pipe(v.array(escalationStep), v.nonEmpty('expected at least one step')),
    repeat: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
    min_severity: v.optional(severityRank, 'WARNING'),
  }),
  v.check(
    ({ steps }) => steps.every(({ after }, index) => after >= (steps[index - 1]?.after ?? 0)),
    'expected steps in the order of their times',
  ),
);

const notify = section({
  ignore_unsupported_receivers: v.optional(flag, false),
  fallback_receiver: v.optional(v.pipe(v.string(), v.nonEmpty('expected a receiver'))),
  resend_after_mute: v.optional(
    v.picklist(['never_shown', 'always'], 'expected never_shown or always'),
    'never_shown',
  ),
  rate_limits: v.optional(v.record(v.string(), rateLimit), {}),
  flap_damping: v.optional(flapDamping),
  limits: section({ per_alertname: v.optional(count) }),
  trace_url: v.optional(httpUrl),
  signing_secret_files: v.optional(v.record(v.string(), fileName), {}),
  group_by: v.optional(v.array(labelName), ['alertname']),
  repeat_interval: v.optional(positiveDuration, '4h'),
  receivers: v.optional(
    v.pipe(
      v.array(receiver),
      v.check(
        (receivers) => new Set(receivers.map(({ name }) => name)).size === receivers.length,
        'expected a different name for each receiver',
      ),
    ),
    [{ name: 'log', type: 'log' }],
  ),
  outbox,
});

/** Relative to the folder of the configuration. */
export const DATA_DIR_DEFAULT = './telltale-data';

/** Time buckets of the drift window, at most. */
const DRIFT_BUCKETS_MAX = 1000;

const drift = v.pipe(
  section({
    enabled: v.optional(flag, true),
    interval: v.optional(positiveDuration, '1m'),
    window: v.optional(positiveDuration, '30m'),
    limits: section({
      streams: v.optional(count, 500),
      instances: v.optional(count, 100),
      series: v.optional(count, 20_000),
    }),
    export: v.optional(
      v.strictObject({
        endpoint: httpUrl,
        interval: v.optional(positiveDuration, '1m'),
        timeout: v.optional(positiveDuration, '10s'),
        credentials_file: v.optional(fileName),
      }),
    ),
    baselines: section({
      path: v.optional(fileName),
      retention: v.optional(positiveDuration, '365d'),
      versions: v.optional(count, 20),
      uploads: v.optional(count, 100),
      instances_min: v.optional(count, 1),
      max_body_bytes: v.optional(count, 4 * 2 ** 20),
    }),
  }),
  v.check(
    ({ interval, window }) => window >= interval && window / interval <= DRIFT_BUCKETS_MAX,
    `expected a window of 1 to ${DRIFT_BUCKETS_MAX} intervals`,
  ),
);

const collector = section({
  listen: section({
    otlp: v.optional(listenAddress, '127.0.0.1:4328'),
    api: v.optional(listenAddress, '127.0.0.1:9465'),
    grpc: v.optional(listenAddress, ''),
  }),
  insecure: v.optional(flag, false),
  external_url: v.optional(httpUrl),
  data_dir: v.optional(fileName, DATA_DIR_DEFAULT),
  rules: v.optional(v.array(fileName), []),
  rules_strict: v.optional(flag, false),
  external_labels: v.optional(v.record(v.string(), v.string()), {}),
  evaluation,
  promql,
  otlp,
  limits,
  retain_all: v.optional(duration, '0s'),
  wal: section({ max_bytes: v.optional(count, 2 ** 30) }),
  restore: section({ hold_max: v.optional(duration, '15m') }),
  drift,
  retention: section({
    history: v.optional(positiveDuration, '90d'),
    silences: v.optional(positiveDuration, '5d'),
  }),
  severity: section({
    label: v.optional(labelName, 'severity'),
    map: v.optional(v.record(v.string(), severityRank), {}),
  }),
  api_keys: v.optional(v.array(apiKey), []),
  alertmanager_config: v.optional(fileName),
  forward: v.optional(v.array(forwardTarget), []),
  notify,
  escalation: section({ policies: v.optional(v.record(v.string(), escalationPolicy), {}) }),
  log: section({
    level: v.optional(
      v.picklist(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error'),
      'info',
    ),
  }),
});

/** Everything that `telltale.yaml` can say, with its defaults. */
export const CONFIG_SCHEMA: v.GenericSchema<unknown, { collector: CollectorConfig }> =
  v.strictObject({
    collector: v.pipe(
      collector,
      v.transform((read) => ({ ...read, external_url: read.external_url ?? apiUrl(read.listen) })),
    ),
  });
