import { valueEscaper } from '../../message/value-escaper.ts';
import type { Channel, ChannelContext, ReceiverState } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { HTTP_TIMEOUT_MS } from '../http/http-post.ts';
import { createTextChannel } from '../http/text-channel.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import type { SlackConfig } from './config.ts';
import { judgeSlack } from './judge.ts';
import { type SlackPayload, slackPayload } from './payload.ts';

/**
 * `<!channel>`, `<!everyone>` and `<@user>` call people; a label must not. What a template itself
 * says stays.
 */
const escapeMentions = (text: string): string => text.replaceAll(/<(?=[!@#])/gu, '&lt;');

/** Posts to an incoming webhook, or with a token to Slack's API, which can also change a message. */
export function createSlackChannel(config: SlackConfig, setup: ChannelSetup): Channel {
  const { target } = config;
  return createTextChannel(
    {
      type: 'slack',
      config,
      destination:
        target.kind === 'webhook'
          ? destinationOf('slack', target.url)
          : destinationOf(`slack ${target.url} ${config.channel}`, target.token),
      createEscaper: valueEscaper(escapeMentions),
      post: ({ notification, message, context }) => ({
        ...updated(config, slackPayload(config, notification, message), context),
        headers: tokenHeader(config, context),
        timeoutMs: config.timeout === 0 ? HTTP_TIMEOUT_MS : config.timeout,
      }),
      judge: judgeSlack,
    },
    setup,
  );
}

function tokenHeader({ target }: SlackConfig, context: ChannelContext): Record<string, string> {
  if (target.kind === 'webhook') return {};
  return { authorization: `Bearer ${readSecret(target.token, context)}` };
}

/** The message as a new one, or in place of the one that the group has already. */
function updated(
  config: SlackConfig,
  payload: SlackPayload,
  context: ChannelContext,
): { readonly url: string; readonly body: SlackPayload } {
  const url =
    config.target.kind === 'webhook' ? secretUrl(config.target.url, context) : config.target.url;
  const known = config.update_message ? knownMessage(context.state) : undefined;
  if (known === undefined) return { url, body: payload };
  return {
    url: url.replace(/\/chat\.postMessage$/u, '/chat.update'),
    body: { ...payload, ...known },
  };
}

function knownMessage(
  state: ReceiverState | undefined,
): { readonly ts: string; readonly channel: string } | undefined {
  const { ts, channel } = state ?? {};
  return ts === undefined || channel === undefined ? undefined : { ts, channel };
}
