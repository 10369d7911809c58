import * as v from 'valibot';

import { count, durationMs, flag, httpUrl, nonEmptyText } from '../fields.ts';
import { type ChannelKind, channelKind } from '../kind.ts';
import { createWebhookChannel } from './channel.ts';

const schema = v.strictObject({
  send_resolved: v.optional(flag, 'true'),
  url: v.optional(httpUrl),
  url_file: v.optional(nonEmptyText),
  max_alerts: v.optional(count, '0'),
  timeout: v.optional(durationMs, '0'),
});

/** `webhook_configs`. */
export const webhookKind: ChannelKind = channelKind({
  type: 'webhook',
  key: 'webhook_configs',
  secretKeys: ['url'],
  schema: v.pipe(
    schema,
    v.check(
      ({ url, url_file }) => (url === undefined) !== (url_file === undefined),
      'expected either url or url_file',
    ),
  ),
  create: (config, { clientName }) => {
    const target =
      config.url === undefined ? { urlFile: config.url_file ?? '' } : { url: config.url };
    return createWebhookChannel(
      {
        target,
        sendsResolved: config.send_resolved,
        alertsMax: config.max_alerts,
        timeoutMs: config.timeout === 0 ? TIMEOUT_MS_DEFAULT : config.timeout,
      },
      clientName,
    );
  },
});

const TIMEOUT_MS_DEFAULT = 10_000;
