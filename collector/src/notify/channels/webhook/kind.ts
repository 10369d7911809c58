import * as v from 'valibot';

import { count, durationMs, flag, nonEmptyText } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { HTTP_TIMEOUT_MS } from '../http/http-post.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { eitherOf } from '../secret-url.ts';
import { template, templateTree } from '../template-field.ts';
import { createWebhookChannel } from './channel.ts';
import type { WebhookConfig } from './config.ts';

/** A URL that may hold templates, so that it is a URL only when they are filled in. */
const templatedUrl = v.pipe(
  template,
  v.check(
    (url) => url.includes('{{') || (/^https?:\/\//u.test(url) && URL.canParse(url)),
    'expected an http or https URL',
  ),
);

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'true'),
    http_config: v.optional(httpConfig),
    url: v.optional(templatedUrl),
    url_file: v.optional(nonEmptyText),
    max_alerts: v.optional(count, '0'),
    timeout: v.optional(durationMs, '0'),
    payload: v.optional(templateTree),
  }),
  eitherOf('url', 'url_file'),
);

type WebhookEntry = v.InferOutput<typeof entry>;

function completeWebhook(own: WebhookEntry, global: GlobalSettings): Completed<WebhookConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  return {
    config: {
      target: own.url === undefined ? { urlFile: own.url_file ?? '' } : { url: own.url },
      sendsResolved: own.send_resolved,
      alertsMax: own.max_alerts,
      timeoutMs: own.timeout === 0 ? HTTP_TIMEOUT_MS : own.timeout,
      http: completed.config.http_config,
      ...(own.payload === undefined ? {} : { payload: own.payload }),
    },
  };
}

/** `webhook_configs`. */
export const webhookKind: ChannelKind = channelKind({
  type: 'webhook',
  key: 'webhook_configs',
  secretKeys: ['url', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete: completeWebhook,
  create: createWebhookChannel,
});
