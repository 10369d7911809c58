import { DEFAULT_SEVERITY } from '../../../model/severity.ts';
import { judgeHttpResult, type SendOutcome } from '../../stages/retry.ts';
import { type Channel, type DeliveryResult, UnsendableError } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { createTextChannel } from '../http/text-channel.ts';
import { jsonBody, textOf } from '../json-body.ts';
import type { ChannelSetup } from '../kind.ts';
import { destinationOf } from '../secret-url.ts';
import type { PagerdutyConfig } from './config.ts';
import { pagerdutyEvent } from './payload.ts';

/** Sends events to PagerDuty's Events API v2: trigger, acknowledge, resolve. */
export function createPagerdutyChannel(config: PagerdutyConfig, setup: ChannelSetup): Channel {
  const { url, timeoutMs } = config;
  const severity = setup.severity ?? DEFAULT_SEVERITY;
  return createTextChannel(
    {
      type: 'pagerduty',
      config,
      takesAcknowledgements: true,
      destination: destinationOf(`pagerduty ${url}`, config.routingKey),
      post: ({ notification, message, context }) => {
        const routingKey = readSecret(config.routingKey, context).trim();
        const body = pagerdutyEvent({ config, notification, message, severity }, routingKey);
        if (body.routing_key === '')
          throw new UnsendableError('Cannot use the routing key: it is empty');
        return { url, body, timeoutMs };
      },
      judge: judgePagerduty,
    },
    setup,
  );
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
