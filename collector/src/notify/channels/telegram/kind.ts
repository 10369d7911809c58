import * as v from 'valibot';

import { flag, httpUrl, integer, nonEmptyText, secretOf } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { atMostOneOf, eitherOf } from '../secret-url.ts';
import { template } from '../template-field.ts';
import { createTelegramChannel } from './channel.ts';
import type { TelegramConfig } from './config.ts';

const chatId = v.pipe(v.string(), v.regex(/^-?\d+$/u, 'expected a number such as -1001234567890'));

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'true'),
    http_config: v.optional(httpConfig),
    api_url: v.optional(httpUrl),
    bot_token: v.optional(nonEmptyText),
    bot_token_file: v.optional(nonEmptyText),
    chat_id: v.optional(chatId),
    chat_id_file: v.optional(nonEmptyText),
    message_thread_id: v.optional(integer, '0'),
    message: v.optional(template, '{{ template "telegram.default.message" . }}'),
    disable_notifications: v.optional(flag, 'false'),
    parse_mode: v.optional(
      v.picklist(['', 'Markdown', 'MarkdownV2', 'HTML'], 'expected Markdown, MarkdownV2 or HTML'),
      'HTML',
    ),
  }),
  atMostOneOf('bot_token', 'bot_token_file'),
  eitherOf('chat_id', 'chat_id_file'),
);

function complete(
  own: v.InferOutput<typeof entry>,
  global: GlobalSettings,
): Completed<TelegramConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  const botToken = secretOf(own.bot_token, own.bot_token_file) ?? global.telegramBotToken;
  if (botToken === undefined) {
    const message = 'expected bot_token or bot_token_file, here or telegram_bot_token in global';
    return { problems: [{ path: [], message }] };
  }
  const apiUrl = (own.api_url ?? global.telegramApiUrl).replace(/\/$/u, '');
  const target = secretOf(own.chat_id, own.chat_id_file) ?? { value: '' };
  return { config: { ...completed.config, apiUrl, botToken, chatId: target } };
}

/** `telegram_configs`. */
export const telegramKind: ChannelKind = channelKind({
  type: 'telegram',
  key: 'telegram_configs',
  secretKeys: ['bot_token', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete,
  create: createTelegramChannel,
});
