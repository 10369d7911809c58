import type { MessageText } from '../../message/message-text.ts';
import { limitText } from '../../message/readable-text.ts';
import type { ParseMode, TelegramConfig } from './config.ts';

/** Telegram's limit in characters. */
const TEXT_MAX = 4096;

export interface TelegramPayload {
  readonly chat_id: number;
  readonly text: string;
  readonly parse_mode?: Exclude<ParseMode, ''>;
  readonly message_thread_id?: number;
  readonly disable_notification: boolean;
  readonly link_preview_options: { readonly is_disabled: true };
}

export function telegramPayload(
  config: TelegramConfig,
  chatId: string,
  message: MessageText,
): TelegramPayload {
  const { parse_mode: mode, message_thread_id: thread } = config;
  const { text, isMarkup } = textOf(config, message);
  return {
    chat_id: Number(chatId),
    text,
    ...(mode === '' || !isMarkup ? {} : { parse_mode: mode }),
    ...(thread === 0 ? {} : { message_thread_id: thread }),
    disable_notification: config.disable_notifications,
    link_preview_options: { is_disabled: true },
  };
}

/**
 * Telegram refuses markup that is cut in the middle, so a text that is too long, or whose template
 * fails, goes out without any.
 */
function textOf(
  { parse_mode: mode, message: template }: TelegramConfig,
  message: MessageText,
): { readonly text: string; readonly isMarkup: boolean } {
  const before = message.problems.length;
  const text =
    mode === 'HTML' ? message.html(template, (plain) => plain) : message.text(template, 'alerts');
  const isMarkup = message.problems.length === before;
  if (!isMarkup || text.length <= TEXT_MAX) return { text: limitText(text, TEXT_MAX), isMarkup };
  const plain = mode === 'HTML' ? message.plain() : text;
  return { text: limitText(plain, TEXT_MAX), isMarkup: false };
}
