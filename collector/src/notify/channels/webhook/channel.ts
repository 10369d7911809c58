import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel, ChannelContext } from '../channel.ts';
import type { WebhookConfig } from './config.ts';
import { webhookPayload } from './payload.ts';

/** Posts each notification as Alertmanager's version-4 JSON. Any 2xx answer means delivered. */
export function createWebhookChannel(config: WebhookConfig, clientName: string): Channel {
  return {
    type: 'webhook',
    sendsResolved: config.sendsResolved,
    prepare: (notification, context) => ({
      kind: 'http',
      message: {
        method: 'POST',
        url: urlOf(config, context),
        headers: {
          'content-type': 'application/json',
          'user-agent': clientName,
          'idempotency-key': notification.idempotencyKey,
          ...authorizationOf(config, context),
        },
        body: JSON.stringify(webhookPayload(notification, config.alertsMax)),
        timeoutMs: config.timeoutMs,
      },
    }),
    judge: judgeHttpResult,
  };
}

function urlOf(config: WebhookConfig, context: ChannelContext): string {
  return 'url' in config.target ? config.target.url : context.readSecret(config.target.urlFile);
}

function authorizationOf(config: WebhookConfig, context: ChannelContext): Record<string, string> {
  if (config.credentialsFile === undefined) return {};
  return { authorization: `Bearer ${context.readSecret(config.credentialsFile)}` };
}
