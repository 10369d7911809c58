import type { Channel } from '../channel.ts';
import { createTextChannel } from '../http/text-channel.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import type { DiscordConfig } from './config.ts';
import { judgeDiscord } from './judge.ts';
import { discordPayload } from './payload.ts';

/** Posts an embed to a Discord webhook. */
export function createDiscordChannel(config: DiscordConfig, setup: ChannelSetup): Channel {
  return createTextChannel(
    {
      type: 'discord',
      config,
      destination: destinationOf('discord', config.webhookUrl),
      post: ({ notification, message, context }) => ({
        url: secretUrl(config.webhookUrl, context),
        body: discordPayload(config, notification, message),
      }),
      judge: judgeDiscord,
    },
    setup,
  );
}
