import * as v from 'valibot';

import { durationMs, flag, httpUrl, nonEmptyText, secretOf } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { HTTP_TIMEOUT_MS } from '../http/http-post.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { atMostOneOf } from '../secret-url.ts';
import { template, templateTree } from '../template-field.ts';
import { createPagerdutyChannel } from './channel.ts';
import type { PagerdutyConfig } from './config.ts';

const part = v.optional(template, '');

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'true'),
    http_config: v.optional(httpConfig),
    service_key: v.optional(nonEmptyText),
    service_key_file: v.optional(nonEmptyText),
    routing_key: v.optional(nonEmptyText),
    routing_key_file: v.optional(nonEmptyText),
    url: v.optional(httpUrl),
    client: v.optional(template, '{{ template "pagerduty.default.client" . }}'),
    client_url: v.optional(template, '{{ template "pagerduty.default.clientURL" . }}'),
    description: v.optional(template, '{{ template "pagerduty.default.description" . }}'),
    details: v.optional(v.record(v.string(), templateTree), {}),
    images: v.optional(v.array(v.strictObject({ src: part, alt: part, href: part })), []),
    links: v.optional(v.array(v.strictObject({ href: part, text: part })), []),
    source: v.optional(template),
    severity: part,
    class: part,
    component: part,
    group: part,
    timeout: v.optional(durationMs, '0'),
  }),
  v.check(
    (own) => !hasServiceKey(own),
    'expected routing_key (Events API v2) in place of service_key: version 1 is not supported',
  ),
  v.check(
    (own) => hasServiceKey(own) || (own.routing_key ?? own.routing_key_file) !== undefined,
    'expected routing_key or routing_key_file',
  ),
  atMostOneOf('routing_key', 'routing_key_file'),
);

function hasServiceKey(own: {
  readonly service_key?: string | undefined;
  readonly service_key_file?: string | undefined;
}): boolean {
  return own.service_key !== undefined || own.service_key_file !== undefined;
}

/** What every event says, unless the entry says it otherwise. */
const DEFAULT_DETAILS = {
  firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
  resolved: '{{ template "pagerduty.default.instances" .Alerts.Resolved }}',
  num_firing: '{{ .Alerts.Firing | len }}',
  num_resolved: '{{ .Alerts.Resolved | len }}',
};

function complete(
  own: v.InferOutput<typeof entry>,
  global: GlobalSettings,
): Completed<PagerdutyConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  return {
    config: {
      ...completed.config,
      routingKey: secretOf(own.routing_key, own.routing_key_file) ?? { value: '' },
      url: own.url ?? global.pagerdutyUrl,
      details: { ...DEFAULT_DETAILS, ...own.details },
      source: own.source ?? own.client,
      timeoutMs: own.timeout === 0 ? HTTP_TIMEOUT_MS : own.timeout,
    },
  };
}

/** `pagerduty_configs`, Events API v2. */
export const pagerdutyKind: ChannelKind = channelKind({
  type: 'pagerduty',
  key: 'pagerduty_configs',
  secretKeys: ['routing_key', 'service_key', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete,
  create: createPagerdutyChannel,
});
