import * as v from 'valibot';

import { flag, httpUrl, nonEmptyText, secretOf } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { eitherOf } from '../secret-url.ts';
import { template } from '../template-field.ts';
import { createTeamsChannel } from './channel.ts';
import type { TeamsConfig } from './config.ts';

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'true'),
    http_config: v.optional(httpConfig),
    webhook_url: v.optional(httpUrl),
    webhook_url_file: v.optional(nonEmptyText),
    title: v.optional(template, '{{ template "msteamsv2.default.title" . }}'),
    text: v.optional(template, '{{ template "msteamsv2.default.text" . }}'),
  }),
  eitherOf('webhook_url', 'webhook_url_file'),
);

function complete(
  own: v.InferOutput<typeof entry>,
  global: GlobalSettings,
): Completed<TeamsConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  const webhookUrl = secretOf(own.webhook_url, own.webhook_url_file) ?? { value: '' };
  return { config: { ...completed.config, webhookUrl } };
}

/** `msteamsv2_configs`. */
export const teamsKind: ChannelKind = channelKind({
  type: 'msteamsv2',
  key: 'msteamsv2_configs',
  secretKeys: ['webhook_url', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete,
  create: createTeamsChannel,
});
