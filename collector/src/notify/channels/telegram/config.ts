import type { Secret } from '../fields.ts';
import type { HttpConfig } from '../http/http-config.ts';

export type ParseMode = '' | 'Markdown' | 'MarkdownV2' | 'HTML';

/** An entry of `telegram_configs`; the message is a template. */
export interface TelegramConfig {
  readonly send_resolved: boolean;
  readonly http_config: HttpConfig;
  readonly apiUrl: string;
  readonly botToken: Secret;
  readonly chatId: Secret;
  /** 0 for none. */
  readonly message_thread_id: number;
  readonly message: string;
  readonly disable_notifications: boolean;
  readonly parse_mode: ParseMode;
}
