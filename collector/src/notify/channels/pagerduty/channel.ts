import { DEFAULT_SEVERITY } from '../../../model/severity.ts';
import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import { judgeHttpResult, type SendOutcome } from '../../stages/retry.ts';
import { type Channel, type DeliveryResult, UnsendableError } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { httpPost } from '../http/http-post.ts';
import { jsonBody, textOf } from '../json-body.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf } from '../secret-url.ts';
import type { PagerdutyConfig } from './config.ts';
import { pagerdutyEvent } from './payload.ts';

/** Sends events to PagerDuty's Events API v2: trigger, acknowledge, resolve. */
export function createPagerdutyChannel(config: PagerdutyConfig, setup: ChannelSetup): Channel {
  const library = templateLibrary(setup.templates);
  const severity = setup.severity ?? DEFAULT_SEVERITY;
  return {
    type: 'pagerduty',
    sendsResolved: config.send_resolved,
    takesAcknowledgements: true,
    destination: destinationOf(`pagerduty ${config.url}`, config.routingKey),
    prepare: (notification, context) => {
      const message = new MessageText({ library, notification, nowMs: context.nowMs });
      const routingKey = readSecret(config.routingKey, context).trim();
      const event = pagerdutyEvent({ config, notification, message, severity }, routingKey);
      if (event.routing_key === '')
        throw new UnsendableError('Cannot use the routing key: it is empty');
      const { url, timeoutMs } = config;
      const post = { url, body: JSON.stringify(event), timeoutMs, clientName: setup.clientName };
      return {
        kind: 'http',
        message: httpPost(post, config.http_config, context),
        problems: message.problems,
      };
    },
    judge: judgePagerduty,
  };
}

/** A refused event says in its body what is wrong with it. */
function judgePagerduty(result: DeliveryResult, nowMs: number): SendOutcome {
  const outcome = judgeHttpResult(result, nowMs);
  if (outcome.kind !== 'failed' || result.kind !== 'answer') return outcome;
  const { message, errors } = jsonBody(result.body) ?? {};
  if (message === undefined && errors === undefined) return outcome;
  const details = Array.isArray(errors) ? errors.map(textOf).join(', ') : textOf(errors);
  return { ...outcome, message: `status ${result.status}: ${textOf(message)}: ${details}` };
}
