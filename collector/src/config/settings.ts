import { isLoopback } from '@telltale/core';

import type { Channel, Receiver } from '../notify/channels/channel.ts';
import type { ChannelSetup } from '../notify/channels/kind.ts';
import { createLogChannel } from '../notify/channels/log/channel.ts';
import { createWebhookChannel } from '../notify/channels/webhook/channel.ts';
import { DEFAULT_TRANSLATE_OPTIONS, type TranslateOptions } from '../otlp/translate/options.ts';
import type { StoreLimits } from '../storage/limits.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { CollectorConfig, ReceiverConfig } from './schema/collector-config.ts';

/** The `otlp` section in the words of the translator. */
export function translateOptions({ otlp, promql }: CollectorConfig): TranslateOptions {
  return {
    ...DEFAULT_TRANSLATE_OPTIONS,
    translationStrategy: otlp.translation_strategy,
    promoteResourceAttributes: otlp.promote_resource_attributes,
    promoteAllResourceAttributes: otlp.promote_all_resource_attributes,
    ignoreResourceAttributes: otlp.ignore_resource_attributes,
    keepIdentifyingResourceAttributes: otlp.keep_identifying_resource_attributes,
    convertHistogramsToNhcb: otlp.convert_histograms_to_nhcb,
    promoteScopeMetadata: otlp.promote_scope_metadata,
    delta: otlp.delta,
    startTimes: promql.use_start_timestamps,
    lookbackMs: promql.lookback,
  };
}

export function storeLimits({ limits }: CollectorConfig): Partial<StoreLimits> {
  return {
    seriesMax: limits.max_series,
    seriesPerMetricMax: limits.max_series_per_metric,
    labelsMax: limits.max_labels,
    labelValueBytesMax: limits.max_label_value_bytes,
  };
}

/** The receivers of `telltale.yaml` itself. */
export function createReceivers(config: CollectorConfig, setup: ChannelSetup): Receiver[] {
  return config.notify.receivers.map((entry) => {
    const channel = createChannel(entry, setup);
    return { name: entry.name, integrations: [{ name: `${channel.type}[0]`, channel }] };
  });
}

function createChannel(entry: ReceiverConfig, setup: ChannelSetup): Channel {
  const sendsResolved = entry.send_resolved;
  if (entry.type === 'log') return createLogChannel({ sendsResolved });
  const target = entry.url === undefined ? { urlFile: entry.url_file ?? '' } : { url: entry.url };
  const credentialsFile = entry.credentials_file;
  const webhook = {
    target,
    sendsResolved,
    alertsMax: entry.max_alerts,
    timeoutMs: entry.timeout,
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
  };
  return createWebhookChannel(webhook, setup);
}

/** @throws {ConfigError} when a listener is open to others without any key. */
export function checkExposure(config: CollectorConfig, file: string): void {
  if (config.insecure || config.api_keys.length > 0) return;
  const problems: ConfigProblem[] = [];
  for (const [name, address] of Object.entries(config.listen)) {
    if (address === undefined || isLoopback(address.host)) continue;
    const message =
      `Cannot listen on "${address.host}" without API keys: add collector.api_keys, ` +
      'or set collector.insecure to true';
    problems.push({ file, path: `collector.listen.${name}`, message });
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
