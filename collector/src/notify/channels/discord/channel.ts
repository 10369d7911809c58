import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import type { Channel } from '../channel.ts';
import { httpPost } from '../http/http-post.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import type { DiscordConfig } from './config.ts';
import { judgeDiscord } from './judge.ts';
import { discordPayload } from './payload.ts';

/** Posts an embed to a Discord webhook. */
export function createDiscordChannel(config: DiscordConfig, setup: ChannelSetup): Channel {
  const library = templateLibrary(setup.templates);
  return {
    type: 'discord',
    sendsResolved: config.send_resolved,
    destination: destinationOf('discord', config.webhookUrl),
    prepare: (notification, context) => {
      const message = new MessageText({ library, notification, nowMs: context.nowMs });
      const body = JSON.stringify(discordPayload(config, notification, message));
      const url = secretUrl(config.webhookUrl, context);
      const post = { url, body, clientName: setup.clientName };
      return {
        kind: 'http',
        message: httpPost(post, config.http_config, context),
        problems: message.problems,
      };
    },
    judge: judgeDiscord,
  };
}
