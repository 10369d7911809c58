import type { NotifySet } from '../../../config/notify-set.ts';
import type { CollectorConfig } from '../../../config/schema/collector-config.ts';
import { severityOf } from '../../../model/severity.ts';
import type { ChannelSetup } from '../../../notify/channels/kind.ts';
import {
  DEFAULT_RATE_LIMITS,
  type RateLimit,
} from '../../../notify/stages/sending/token-bucket.ts';
import {
  type DescribeInputs,
  type DriftScore,
  describeAlert,
} from '../../deliver/describe-alert.ts';
import type { NotifierOptions } from '../../deliver/notifier-options.ts';
import { DRIFT_DISTANCE_SERIES } from '../../evaluate/rule-needs.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { DataPlane } from './data-plane.ts';

const RANKS = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** What is configured where no `alertmanager.yml` says it. */
const RESOLVE_TIMEOUT_MS = 5 * 60_000;

/** The notifier's part of a configuration, at the start and at each reload. */
export function notifierOptions(
  { config, clientName, clock }: Pick<ServiceOptions, 'config' | 'clientName' | 'clock'>,
  notify: NotifySet,
  plane: DataPlane,
): NotifierOptions {
  const { alertmanager, root, policies } = notify;
  const { external_url: externalUrl, severity } = config;
  const { flap_damping: flap, fallback_receiver: fallbackReceiver } = config.notify;
  return {
    root,
    policies,
    receivers: notify.createReceivers(channelSetup(config, notify, clientName)),
    inhibitRules: alertmanager?.inhibitRules ?? [],
    intervals: alertmanager?.intervals ?? new Map(),
    resolveTimeoutMs: alertmanager?.global.resolveTimeoutMs ?? RESOLVE_TIMEOUT_MS,
    externalUrl,
    resendAfterMute: config.notify.resend_after_mute,
    flap: flap && { changesMax: flap.changes, windowMs: flap.window },
    fallbackReceiver,
    silenceRetentionMs: config.retention.silences,
    perAlertnameMax: config.notify.limits.per_alertname ?? Number.POSITIVE_INFINITY,
    rankOf: (labels) => RANKS.indexOf(severityOf(labels, severity)),
    describe: (alert) => describeAlert(alert, describeInputs(config, plane, clock.nowMs())),
  };
}

/** What the channels of a configuration share. */
export function channelSetup(
  { external_url: externalUrl, severity, notify: { signing_secret_files: files } }: CollectorConfig,
  { alertmanager }: NotifySet,
  clientName: string,
): ChannelSetup {
  const secrets = Object.entries(files).map(([name, file]) => [name, { file }] as const);
  return {
    clientName,
    externalUrl,
    templates: alertmanager?.templates ?? [],
    severity,
    signingSecrets: Object.fromEntries(secrets),
  };
}

export function rateLimits({ notify }: CollectorConfig): Readonly<Record<string, RateLimit>> {
  const own = Object.entries(notify.rate_limits).map(([type, { per_second: perSecond, burst }]) => {
    return [type, { perSecond, burst }] as const;
  });
  return { ...DEFAULT_RATE_LIMITS, ...Object.fromEntries(own) };
}

function describeInputs(config: CollectorConfig, plane: DataPlane, nowMs: number): DescribeInputs {
  return {
    externalUrl: config.external_url,
    traceUrl: config.notify.trace_url,
    nowMs,
    exemplars: (isWanted, startMs, endMs) => plane.exemplars.select(isWanted, startMs, endMs),
    driftOf: (labels) => driftScore(labels, plane, nowMs),
  };
}

/** Labels that tell one watched stream of one model from another. */
const STREAM_LABELS = [
  'ml_model_name',
  'ml_model_version',
  'ml_drift_stream',
  'ml_drift_direction',
];

/** The greatest distance of the stream from its baseline, by whichever measure it is. */
function driftScore(
  labels: Readonly<Record<string, string>>,
  { engine }: DataPlane,
  nowMs: number,
): DriftScore | undefined {
  const matchers = STREAM_LABELS.flatMap((name) => {
    const value = labels[name];
    return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
  });
  try {
    const expr = engine.parse(`topk(1, ${DRIFT_DISTANCE_SERIES}{${matchers.join(',')}})`);
    const { value } = engine.instant(expr, nowMs);
    if (value.kind !== 'vector') return undefined;
    const [element] = value.elements;
    if (element?.value === undefined) return undefined;
    return { score: element.value, detector: element.labels.get('ml_drift_metric') };
  } catch {
    // A message without the distance is better than none.
    return undefined;
  }
}
