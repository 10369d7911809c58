import type { MessageText } from '../../message/message-text.ts';
import { limitText, readableLine } from '../../message/readable-text.ts';
import { isFiring, type Notification } from '../../stages/notification.ts';
import type { DiscordConfig } from './config.ts';

/** Discord's limits in characters. */
const CONTENT_MAX = 2000;
const TITLE_MAX = 256;
const DESCRIPTION_MAX = 4096;

const RED = 0x99_2d_22;
const GREEN = 0x2e_cc_71;

export interface DiscordPayload {
  readonly content: string;
  readonly embeds: readonly [
    { readonly title: string; readonly description: string; readonly color: number },
  ];
  readonly username?: string;
  readonly avatar_url?: string;
  /** No member is mentioned, whatever a label says. */
  readonly allowed_mentions: { readonly parse: readonly [] };
}

export function discordPayload(
  config: DiscordConfig,
  notification: Notification,
  message: MessageText,
): DiscordPayload {
  return {
    content: limitText(message.text(config.content), CONTENT_MAX),
    embeds: [
      {
        title: limitText(readableLine(message.text(config.title, 'subject')), TITLE_MAX),
        description: limitText(message.text(config.message, 'alerts'), DESCRIPTION_MAX),
        color: notification.alerts.some(isFiring) ? RED : GREEN,
      },
    ],
    ...(config.username === '' ? {} : { username: config.username }),
    ...(config.avatar_url === '' ? {} : { avatar_url: config.avatar_url }),
    allowed_mentions: { parse: [] },
  };
}
