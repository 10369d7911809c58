import type { MessageText } from '../../message/message-text.ts';
import { limitText, readableLine } from '../../message/readable-text.ts';
import { isFiring, type Notification } from '../../stages/notification.ts';
import type { TeamsConfig } from './config.ts';

/** A Workflows webhook refuses messages above 28 KiB; the rest is left for the frame. */
const TEXT_BYTES_MAX = 20_000;
const TITLE_MAX = 512;

/** An Adaptive Card inside the message that a Workflows webhook takes. */
export interface TeamsPayload {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
}

export interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.2';
  readonly body: readonly object[];
  readonly actions?: readonly object[];
  readonly msteams: { readonly width: 'full' };
}

export function teamsPayload(
  config: TeamsConfig,
  notification: Notification,
  message: MessageText,
): TeamsPayload {
  const title = limitText(readableLine(message.text(config.title, 'subject')), TITLE_MAX);
  const text = limitBytes(message.text(config.text, 'alerts'), TEXT_BYTES_MAX);
  const actions = linkActions(notification);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.2',
          body: [titleBlock(title, notification), { type: 'TextBlock', text, wrap: true }],
          ...(actions.length === 0 ? {} : { actions }),
          msteams: { width: 'full' },
        },
      },
    ],
  };
}

function titleBlock(text: string, { alerts }: Notification): object {
  return {
    type: 'TextBlock',
    text,
    weight: 'Bolder',
    size: 'Medium',
    wrap: true,
    style: 'heading',
    color: alerts.some(isFiring) ? 'Attention' : 'Good',
  };
}

/** Buttons to where the first firing alert is explained. */
function linkActions({ alerts }: Notification): readonly object[] {
  const { links = {} } = alerts.find(isFiring) ?? alerts[0] ?? {};
  const { page, runbook, trace } = links;
  return [
    { title: 'Alert', url: page },
    { title: 'Runbook', url: runbook },
    { title: 'Trace', url: trace },
  ]
    .filter(({ url }) => url !== undefined && url !== '')
    .map((link) => ({ type: 'Action.OpenUrl', ...link }));
}

/** At most so many bytes of UTF-8, ending with an ellipsis where something is missing. */
function limitBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  // A character cut in half becomes U+FFFD, which is dropped.
  const cut = Buffer.from(text)
    .subarray(0, bytesMax)
    .toString('utf8')
    .replace(/\ufffd+$/u, '');
  return limitText(`${cut} `, Array.from(cut).length);
}
