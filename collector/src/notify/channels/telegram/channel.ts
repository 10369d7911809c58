import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import { valueEscaper } from '../../message/value-escaper.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { httpPost } from '../http/http-post.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf } from '../secret-url.ts';
import type { ParseMode, TelegramConfig } from './config.ts';
import { telegramPayload } from './payload.ts';

/** Characters that Telegram reads as markup; a label with one underscore would be refused. */
const MARKUP: Readonly<Partial<Record<ParseMode, RegExp>>> = {
  Markdown: /[_*`[]/gu,
  MarkdownV2: /[_*[\]()~`>#+\-=|{}.!\\]/gu,
};

/** Sends through the Bot API. */
export function createTelegramChannel(config: TelegramConfig, setup: ChannelSetup): Channel {
  const library = templateLibrary(setup.templates);
  const markup = MARKUP[config.parse_mode];
  const escapers =
    markup === undefined
      ? {}
      : { createEscaper: valueEscaper((text) => text.replaceAll(markup, String.raw`\$&`)) };
  return {
    type: 'telegram',
    sendsResolved: config.send_resolved,
    destination: destinationOf(`telegram ${config.apiUrl}`, config.botToken),
    prepare: (notification, context) => {
      const { nowMs } = context;
      const message = new MessageText({ library, notification, nowMs, ...escapers });
      const chatId = readSecret(config.chatId, context).trim();
      if (!/^-?\d+$/u.test(chatId)) throw new Error('Cannot use the chat id: expected a number');
      const token = encodeURIComponent(readSecret(config.botToken, context).trim());
      const url = `${config.apiUrl}/bot${token.replaceAll('%3A', ':')}/sendMessage`;
      const body = JSON.stringify(telegramPayload(config, chatId, message));
      const post = { url, body, clientName: setup.clientName };
      return {
        kind: 'http',
        message: httpPost(post, config.http_config, context),
        problems: message.problems,
      };
    },
    judge: judgeHttpResult,
  };
}
