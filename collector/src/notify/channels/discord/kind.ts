import * as v from 'valibot';

import { flag, httpUrl, nonEmptyText, secretOf, text } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { eitherOf } from '../secret-url.ts';
import { template } from '../template-field.ts';
import { createDiscordChannel } from './channel.ts';
import type { DiscordConfig } from './config.ts';

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'true'),
    http_config: v.optional(httpConfig),
    webhook_url: v.optional(httpUrl),
    webhook_url_file: v.optional(nonEmptyText),
    content: v.optional(template, '{{ template "discord.default.content" . }}'),
    title: v.optional(template, '{{ template "discord.default.title" . }}'),
    message: v.optional(template, '{{ template "discord.default.message" . }}'),
    username: v.optional(text, ''),
    avatar_url: v.optional(httpUrl),
  }),
  eitherOf('webhook_url', 'webhook_url_file'),
);

function complete(
  own: v.InferOutput<typeof entry>,
  global: GlobalSettings,
): Completed<DiscordConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  const webhookUrl = secretOf(own.webhook_url, own.webhook_url_file) ?? { value: '' };
  return { config: { ...completed.config, avatar_url: own.avatar_url ?? '', webhookUrl } };
}

/** `discord_configs`. */
export const discordKind: ChannelKind = channelKind({
  type: 'discord',
  key: 'discord_configs',
  secretKeys: ['webhook_url', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete,
  create: createDiscordChannel,
});
