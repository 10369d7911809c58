import type { ForwardTarget } from '../../notify/forward/forward-target.ts';
import type { ListenAddress } from './fields.ts';

/** The `collector` section of `telltale.yaml` with its defaults filled in; durations in ms. */
export interface CollectorConfig {
  /** Absent listeners are switched off. */
  readonly listen: {
    readonly otlp: ListenAddress | undefined;
    readonly api: ListenAddress | undefined;
    readonly grpc: ListenAddress | undefined;
  };
  /** Listen beyond this machine without API keys. */
  readonly insecure: boolean;
  /** How people reach the API; stands in notifications. */
  readonly external_url: string;
  readonly data_dir: string;
  /** Prometheus rule files; a name may hold `*`. */
  readonly rules: readonly string[];
  /** A fault in one rule file stops the start; otherwise the file is reported and left out. */
  readonly rules_strict: boolean;
  readonly external_labels: Readonly<Record<string, string>>;
  readonly evaluation: EvaluationConfig;
  readonly promql: PromqlConfig;
  readonly otlp: OtlpConfig;
  readonly limits: {
    readonly max_series: number;
    readonly max_series_per_metric: number;
    readonly max_labels: number;
    readonly max_label_value_bytes: number;
  };
  /** Keep every series this long, for queries that are not rules; 0 keeps what rules need. */
  readonly retain_all: number;
  readonly wal: { readonly max_bytes: number };
  readonly restore: { readonly hold_max: number };
  readonly retention: { readonly history: number; readonly silences: number };
  readonly drift: DriftConfig;
  readonly severity: {
    readonly label: string;
    readonly map: Readonly<Record<string, SeverityRank>>;
  };
  readonly api_keys: readonly ApiKeyConfig[];
  /** Alertmanager's own file: routes, receivers, inhibition, time intervals. */
  readonly alertmanager_config?: string | undefined;
  /** Alertmanagers that are told every alert, beside our own receivers. */
  readonly forward: readonly ForwardTarget[];
  readonly notify: NotifyConfig;
  readonly escalation: { readonly policies: Readonly<Record<string, EscalationPolicyConfig>> };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

export type SeverityRank = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

export interface EvaluationConfig {
  /** For rule groups that name none. */
  readonly interval: number;
  readonly query_offset: number;
  /** Groups evaluated as soon as samples of theirs arrive, at most once in `min_gap`. */
  readonly on_arrival: { readonly groups: readonly string[]; readonly min_gap: number };
}

export interface PromqlConfig {
  readonly lookback: number;
  readonly experimental: boolean;
  readonly use_start_timestamps: boolean;
  /** For one query of a reader, and for one evaluation of a rule group. */
  readonly timeout: number;
  readonly max_samples: number;
  /** The heap of one query of a reader. */
  readonly max_query_bytes: number;
}

/** Names as in Prometheus' own `otlp` block, so that it can be copied. */
export interface OtlpConfig {
  readonly translation_strategy:
    | 'UnderscoreEscapingWithSuffixes'
    | 'UnderscoreEscapingWithoutSuffixes'
    | 'NoUTF8EscapingWithSuffixes'
    | 'NoTranslation';
  readonly promote_resource_attributes: readonly string[];
  readonly promote_all_resource_attributes: boolean;
  readonly ignore_resource_attributes: readonly string[];
  readonly keep_identifying_resource_attributes: boolean;
  readonly convert_histograms_to_nhcb: boolean;
  readonly promote_scope_metadata: boolean;
  readonly delta: 'to_cumulative' | 'reject';
  /** The limit on a request, before and after decompression. */
  readonly max_body_bytes: number;
  /** Present: a resource that misses this many exports goes stale. */
  readonly liveness?: { readonly missed_intervals: number } | undefined;
}

/** Drift of the whole fleet, merged from what instances export. */
export interface DriftConfig {
  readonly enabled: boolean;
  /** Width of a time bucket, and how often instances are expected to export. */
  readonly interval: number;
  /** Distances are over the values of this long. */
  readonly window: number;
  readonly limits: {
    readonly streams: number;
    /** Of one stream. */
    readonly instances: number;
    /** Of all streams, one for each instance and baseline. */
    readonly series: number;
  };
  /** Present: what was merged is also sent to an OTel Collector. */
  readonly export?: DriftExportConfig | undefined;
  readonly baselines: {
    /** A SQLite file of their own; absent: in the data folder with all the rest. */
    readonly path?: string | undefined;
    /** How long baselines that are no longer current, and uploads, are kept. */
    readonly retention: number;
    /** Baselines kept for a stream. */
    readonly versions: number;
    /** Instances whose samples are kept for a stream. */
    readonly uploads: number;
    /** Uploads that a baseline of the fleet needs. */
    readonly instances_min: number;
    readonly max_body_bytes: number;
  };
}

export interface DriftExportConfig {
  readonly endpoint: string;
  readonly interval: number;
  readonly timeout: number;
  readonly credentials_file?: string | undefined;
}

export interface ApiKeyConfig {
  readonly name: string;
  readonly key_file?: string | undefined;
  readonly key_env?: string | undefined;
  readonly scopes: readonly ('ingest' | 'read' | 'write' | 'admin')[];
}

export interface EscalationPolicyConfig {
  /** Any of the alerts of a group must match all of them. */
  readonly matchers: readonly string[];
  readonly steps: readonly { readonly after: number; readonly receivers: readonly string[] }[];
  readonly repeat: number;
  readonly min_severity: SeverityRank;
}

export interface NotifyConfig {
  /** Leave out receivers of kinds that we do not have, instead of refusing the file. */
  readonly ignore_unsupported_receivers: boolean;
  /** Gets what another receiver refused for good. */
  readonly fallback_receiver?: string | undefined;
  /** Whether an alert that was shown before it was muted is shown again afterwards. */
  readonly resend_after_mute: 'never_shown' | 'always';
  /** By channel type, in place of the service's own limits. */
  readonly rate_limits: Readonly<
    Record<string, { readonly per_second: number; readonly burst: number }>
  >;
  /** Present: an alert that changes more often than this counts as firing until it rests. */
  readonly flap_damping?: { readonly changes: number; readonly window: number } | undefined;
  readonly limits: {
    /** Alerts of one name that others may post at once, as Alertmanager's flag. */
    readonly per_alertname?: number | undefined;
  };
  /** Where traces are shown; `{traceId}` stands for the id. */
  readonly trace_url?: string | undefined;
  /** Files with the secret by which webhooks of a receiver are signed (Standard Webhooks). */
  readonly signing_secret_files: Readonly<Record<string, string>>;
  readonly group_by: readonly string[];
  readonly repeat_interval: number;
  readonly receivers: readonly ReceiverConfig[];
  readonly outbox: {
    readonly max_age: number;
    readonly backoff: {
      readonly initial: number;
      readonly factor: number;
      readonly max: number;
      readonly jitter: number;
    };
  };
}

export type ReceiverConfig =
  | { readonly name: string; readonly type: 'log'; readonly send_resolved: boolean }
  | {
      readonly name: string;
      readonly type: 'webhook';
      readonly url?: string | undefined;
      readonly url_file?: string | undefined;
      readonly credentials_file?: string | undefined;
      readonly send_resolved: boolean;
      readonly max_alerts: number;
      readonly timeout: number;
    };
