import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import type { Notification } from '../../stages/notification.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel, ChannelContext } from '../channel.ts';
import { readSecret, type Secret } from '../fields.ts';
import { DEFAULT_HTTP_CONFIG } from '../http/http-config.ts';
import { httpPost } from '../http/http-post.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf, secretUrl } from '../secret-url.ts';
import { renderTree } from '../template-tree.ts';
import type { WebhookConfig } from './config.ts';
import { webhookPayload } from './payload.ts';
import { signatureHeaders } from './sign.ts';

/** What a webhook needs of the configuration around it. */
export type WebhookSetup = Pick<ChannelSetup, 'clientName' | 'signingSecrets'> &
  Partial<Pick<ChannelSetup, 'templates'>>;

const NO_TEMPLATES: ChannelSetup['templates'] = [];

/** Posts each notification as Alertmanager's version-4 JSON. Any 2xx answer means delivered. */
export function createWebhookChannel(config: WebhookConfig, given: string | WebhookSetup): Channel {
  const setup = typeof given === 'string' ? { clientName: given } : given;
  const library = templateLibrary(setup.templates ?? NO_TEMPLATES);
  const target = targetOf(config);
  return {
    type: 'webhook',
    sendsResolved: config.sendsResolved,
    destination: destinationOf('webhook', target),
    prepare: (notification, context) => {
      const message = new MessageText({ library, notification, nowMs: context.nowMs });
      const body = JSON.stringify(bodyOf(config, notification, message));
      const { clientName, signingSecrets } = setup;
      const headers = {
        'idempotency-key': notification.idempotencyKey,
        ...credentials(config, context),
        ...signature(signingSecrets?.[notification.receiver], { notification, body, context }),
      };
      const url = secretUrl({ value: urlText(target, message, context) }, context);
      const { timeoutMs, http = DEFAULT_HTTP_CONFIG } = config;
      return {
        kind: 'http',
        message: httpPost({ url, body, headers, timeoutMs, clientName }, http, context),
        ...(message.problems.length === 0 ? {} : { problems: message.problems }),
      };
    },
    judge: judgeHttpResult,
  };
}

function targetOf({ target }: WebhookConfig): Secret {
  return 'url' in target ? { value: target.url } : { file: target.urlFile };
}

function urlText(target: Secret, message: MessageText, context: ChannelContext): string {
  return message.text(readSecret(target, context));
}

function bodyOf(config: WebhookConfig, notification: Notification, message: MessageText): unknown {
  if (config.payload !== undefined) return renderTree(config.payload, message);
  return webhookPayload(notification, config.alertsMax);
}

function credentials(config: WebhookConfig, context: ChannelContext): Record<string, string> {
  if (config.credentialsFile === undefined) return {};
  return { authorization: `Bearer ${context.readSecret(config.credentialsFile)}` };
}

function signature(
  secret: Secret | undefined,
  sent: {
    readonly notification: Notification;
    readonly body: string;
    readonly context: ChannelContext;
  },
): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const { notification, body, context } = sent;
  const id = notification.idempotencyKey;
  return signatureHeaders(readSecret(secret, context), { id, nowMs: context.nowMs, body });
}
