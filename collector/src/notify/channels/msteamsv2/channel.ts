import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel } from '../channel.ts';
import { createTextChannel } from '../http/text-channel.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import type { TeamsConfig } from './config.ts';
import { teamsPayload } from './payload.ts';

/** Posts an Adaptive Card to a Workflows webhook of Microsoft Teams, which answers 202. */
export function createTeamsChannel(config: TeamsConfig, setup: ChannelSetup): Channel {
  return createTextChannel(
    {
      type: 'msteamsv2',
      config,
      destination: destinationOf('msteamsv2', config.webhookUrl),
      post: ({ notification, message, context }) => ({
        url: secretUrl(config.webhookUrl, context),
        body: teamsPayload(config, notification, message),
      }),
      judge: judgeHttpResult,
    },
    setup,
  );
}
