import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel } from '../channel.ts';
import { httpPost } from '../http/http-post.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import type { TeamsConfig } from './config.ts';
import { teamsPayload } from './payload.ts';

/** Posts an Adaptive Card to a Workflows webhook of Microsoft Teams, which answers 202. */
export function createTeamsChannel(config: TeamsConfig, setup: ChannelSetup): Channel {
  const library = templateLibrary(setup.templates);
  return {
    type: 'msteamsv2',
    sendsResolved: config.send_resolved,
    destination: destinationOf('msteamsv2', config.webhookUrl),
    prepare: (notification, context) => {
      const message = new MessageText({ library, notification, nowMs: context.nowMs });
      const body = JSON.stringify(teamsPayload(config, notification, message));
      const url = secretUrl(config.webhookUrl, context);
      const post = { url, body, clientName: setup.clientName };
      return {
        kind: 'http',
        message: httpPost(post, config.http_config, context),
        problems: message.problems,
      };
    },
    judge: judgeHttpResult,
  };
}
