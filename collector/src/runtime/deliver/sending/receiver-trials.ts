import { randomUUID } from 'node:crypto';

import type { TriedChannel } from '../../../exchange/alert-status.ts';
import type { Receiver } from '../../../notify/channels/channel.ts';
import { sampleNotification } from '../../../notify/message/sample-notification.ts';
import type { SendOutcome } from '../../../notify/stages/retry.ts';
import { attemptToSend, type SendWays } from './send-attempt.ts';

/** Sends test messages past the outbox: each once, and what comes of it is told at once. */
export class ReceiverTrials {
  readonly #ways: SendWays;
  readonly #externalUrl: string;

  constructor(ways: SendWays, externalUrl: string) {
    this.#ways = ways;
    this.#externalUrl = externalUrl;
  }

  /** Tries every channel of the receiver, one after the other. Never rejects. */
  async try(receiver: Receiver, by: string): Promise<readonly TriedChannel[]> {
    const tried: TriedChannel[] = [];
    for (const { name, channel } of receiver.integrations) {
      const notification = sampleNotification({
        receiver: receiver.name,
        externalUrl: this.#externalUrl,
        nowMs: this.#ways.clock.nowMs(),
        labels: { alertname: 'TelltaleTest', severity: 'warning' },
        sentBy: `${by} from the page`,
        idempotencyKey: randomUUID().replaceAll('-', ''),
      });
      const problems: string[] = [];
      const outcome = await attemptToSend(
        {
          notification: { ...notification, integration: name },
          channel,
          state: undefined,
          onProblems: (found) => problems.push(...found),
        },
        this.#ways,
      );
      tried.push({ integration: name, ...outcomeText(outcome), problems });
    }
    return tried;
  }
}

function outcomeText(outcome: SendOutcome): Pick<TriedChannel, 'isDelivered' | 'error'> {
  if (outcome.kind === 'done') return { isDelivered: true, error: null };
  return { isDelivered: false, error: `${outcome.reason}: ${outcome.message}` };
}
