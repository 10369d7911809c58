import type { MessageText } from '../../message/message-text.ts';
import { limitText, readableLine } from '../../message/readable-text.ts';
import { isFiring, type Notification } from '../../stages/notification.ts';
import type { SlackConfig } from './config.ts';

/** Slack's limits in characters. */
const TITLE_MAX = 1024;
/** Beyond this Slack cuts a text by itself and shows "more". */
const TEXT_MAX = 12_000;
/** Slack shows no more buttons. */
const ACTIONS_MAX = 5;

export interface SlackPayload {
  readonly channel?: string;
  readonly username?: string;
  readonly icon_emoji?: string;
  readonly icon_url?: string;
  readonly link_names?: true;
  readonly text?: string;
  readonly attachments: readonly SlackAttachment[];
  /** The message that this one replaces. */
  readonly ts?: string;
}

export interface SlackAttachment {
  readonly title?: string;
  readonly title_link?: string;
  readonly pretext?: string;
  readonly text: string;
  readonly fallback: string;
  readonly callback_id: string;
  readonly fields?: readonly object[];
  readonly actions?: readonly object[];
  readonly image_url?: string;
  readonly thumb_url?: string;
  readonly footer: string;
  readonly color?: string;
  readonly mrkdwn_in: readonly string[];
}

export function slackPayload(
  config: SlackConfig,
  notification: Notification,
  message: MessageText,
): SlackPayload {
  const channel = message.text(config.channel);
  return {
    ...filled({
      channel,
      username: message.text(config.username),
      icon_emoji: message.text(config.icon_emoji),
      icon_url: message.text(config.icon_url),
      text: limitText(message.text(config.message_text), TEXT_MAX),
    }),
    ...(config.link_names ? { link_names: true } : {}),
    attachments: [attachment(config, notification, message)],
  };
}

function attachment(
  config: SlackConfig,
  notification: Notification,
  message: MessageText,
): SlackAttachment {
  const actions = actionsOf(config, notification, message);
  const fields = config.fields.map(({ title, value, short }) => ({
    title: message.text(title),
    value: limitText(message.text(value), TEXT_MAX),
    short: short ?? config.short_fields,
  }));
  return {
    title: limitText(readableLine(message.text(config.title, 'subject')), TITLE_MAX),
    title_link: message.text(config.title_link),
    ...filled({
      pretext: message.text(config.pretext),
      image_url: message.text(config.image_url),
      thumb_url: message.text(config.thumb_url),
    }),
    text: limitText(message.text(config.text, 'alerts'), TEXT_MAX),
    fallback: limitText(message.text(config.fallback, 'subject'), TEXT_MAX),
    callback_id: message.text(config.callback_id),
    ...(fields.length === 0 ? {} : { fields }),
    ...(actions.length === 0 ? {} : { actions }),
    footer: message.text(config.footer),
    ...filled({ color: message.text(config.color) }),
    mrkdwn_in: config.mrkdwn_in,
  };
}

function actionsOf(
  config: SlackConfig,
  notification: Notification,
  message: MessageText,
): readonly object[] {
  if (config.actions.length === 0) return linkButtons(notification);
  return config.actions.map((action) => {
    const texts = { type: action.type, text: action.text, style: action.style };
    // A button opens a page, or it is one that an app answers.
    const rest =
      action.url === undefined ? { name: action.name, value: action.value } : { url: action.url };
    return {
      ...rendered({ ...texts, ...rest }, message),
      ...(action.confirm === undefined || action.url !== undefined
        ? {}
        : { confirm: rendered({ ...action.confirm }, message) }),
    };
  });
}

/** Buttons to where the first firing alert is explained. */
function linkButtons({ alerts }: Notification): readonly object[] {
  const { links = {} } = alerts.find(isFiring) ?? alerts[0] ?? {};
  const { page, runbook, trace } = links;
  const buttons = [
    { text: 'Alert', url: page },
    { text: 'Runbook', url: runbook },
    { text: 'Trace', url: trace },
  ];
  return buttons
    .filter(({ url }) => url !== undefined && url !== '')
    .slice(0, ACTIONS_MAX)
    .map((button) => ({ type: 'button', ...button }));
}

function rendered(
  templates: Readonly<Record<string, string | undefined>>,
  message: MessageText,
): Record<string, string> {
  const texts = Object.entries(templates).map(([name, one]) => [name, message.text(one ?? '')]);
  return filled(Object.fromEntries(texts));
}

/** Without what is empty, which Slack would show or refuse. */
function filled(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
