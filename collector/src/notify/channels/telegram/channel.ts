import { valueEscaper } from '../../message/value-escaper.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { createTextChannel } from '../http/text-channel.ts';
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
  const markup = MARKUP[config.parse_mode];
  const escapers =
    markup === undefined
      ? {}
      : { createEscaper: valueEscaper((text) => text.replaceAll(markup, String.raw`\$&`)) };
  return createTextChannel(
    {
      type: 'telegram',
      config,
      destination: destinationOf(`telegram ${config.apiUrl}`, config.botToken),
      ...escapers,
      post: ({ message, context }) => {
        const chatId = readSecret(config.chatId, context).trim();
        if (!/^-?\d+$/u.test(chatId)) throw new Error('Cannot use the chat id: expected a number');
        const token = encodeURIComponent(readSecret(config.botToken, context).trim());
        const url = `${config.apiUrl}/bot${token.replaceAll('%3A', ':')}/sendMessage`;
        return { url, body: telegramPayload(config, chatId, message) };
      },
      judge: judgeHttpResult,
    },
    setup,
  );
}
