import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ask, problemText } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import { notify } from '../../browser/notices.ts';
import type { HistoryEvent } from '../../model/episodes.ts';
import { counted } from '../../model/number-text.ts';
import { durationText, momentText } from '../../model/time-text.ts';
import { Link } from '../../parts/link.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';

interface Integration {
  readonly name: string;
  readonly type: string;
  readonly sendsResolved: boolean;
  readonly waiting: number;
  readonly failingSinceMs?: number;
  readonly pausedUntilMs?: number;
  readonly lastError?: string;
}

interface Receiver {
  readonly name: string;
  readonly integrations: readonly Integration[];
}

interface Known {
  readonly receiver: Receiver;
  readonly sent: HistoryEvent | undefined;
  readonly failed: HistoryEvent | undefined;
}

/** Receivers beyond this many are listed without their last messages. */
const ASKED_MAX = 50;

/** Who is told, whether messages arrive, and a test message. */
export function ReceiversView(): JSX.Element {
  const { value, problem } = useReading(readReceivers, 'receivers', {
    events: ['notifications'],
    everyMs: 15_000,
  });
  return (
    <div class="stack">
      <h1>Receivers</h1>
      <Problem text={problem} />
      {value?.length === 0 && (
        <Empty text="No messages are sent: the configuration has no receivers." />
      )}
      <ul class="stack">
        {value?.map((known) => (
          <li key={known.receiver.name} class="card">
            <ReceiverCard known={known} />
          </li>
        ))}
      </ul>
    </div>
  );
}

async function readReceivers(signal: AbortSignal): Promise<readonly Known[]> {
  const { receivers } = await ask<{ receivers: readonly Receiver[] }>('monitoring/receivers', {
    signal,
  });
  const last = async (receiver: string, kind: string): Promise<HistoryEvent | undefined> => {
    const query = { receiver, kind, limit: 1 };
    const { history } = await ask<{ history: readonly HistoryEvent[] }>(
      'monitoring/alerts/history',
      {
        query,
        signal,
      },
    );
    return history[0];
  };
  return Promise.all(
    receivers.map(async (receiver, index): Promise<Known> => {
      if (index >= ASKED_MAX) return { receiver, sent: undefined, failed: undefined };
      const [sent, retried, failed] = await Promise.all(
        ['notification.sent', 'notification.retried', 'notification.failed'].map((kind) =>
          last(receiver.name, kind),
        ),
      );
      return { receiver, sent, failed: newer(retried, failed) };
    }),
  );
}

function newer(
  left: HistoryEvent | undefined,
  right: HistoryEvent | undefined,
): HistoryEvent | undefined {
  return (left?.id ?? 0) > (right?.id ?? 0) ? left : right;
}

function ReceiverCard({
  known: { receiver, sent, failed },
}: {
  readonly known: Known;
}): JSX.Element {
  const waiting = receiver.integrations.reduce((sum, each) => sum + each.waiting, 0);
  const isFailing = receiver.integrations.some(
    ({ failingSinceMs }) => failingSinceMs !== undefined,
  );
  return (
    <div class="stack">
      <div class="head-line">
        <span class={`mark ${isFailing ? 'mark-bad' : 'mark-ack'}`}>
          {isFailing ? 'failing' : 'works'}
        </span>
        <h2>{receiver.name}</h2>
        {waiting > 0 && <span class="mark">{counted(waiting, 'message')} waiting</span>}
        <Link to={{ view: 'history', parameters: { receiver: receiver.name } }}>history</Link>
        <TestButton name={receiver.name} />
      </div>
      <p class="hint">
        Last success: {sent === undefined ? 'none yet' : momentText(sent.tsMs, nowMs.value)} · Last
        error:{' '}
        {failed === undefined
          ? 'none'
          : `${momentText(failed.tsMs, nowMs.value)} ${failed.error ?? ''}`}
      </p>
      <ul>
        {receiver.integrations.map((each) => (
          <li key={each.name}>
            <code>{each.name}</code> {stateText(each)}
          </li>
        ))}
        {receiver.integrations.length === 0 && <li>It sends no messages: it is empty.</li>}
      </ul>
    </div>
  );
}

function stateText({
  sendsResolved,
  waiting,
  failingSinceMs,
  pausedUntilMs,
  lastError,
}: Integration): string {
  const now = nowMs.value;
  const parts = [
    sendsResolved ? 'tells when resolved too' : 'tells of firing only',
    waiting > 0 ? counted(waiting, 'message') + ' waiting' : '',
    failingSinceMs === undefined ? '' : `fails for ${durationText(now - failingSinceMs)}`,
    pausedUntilMs === undefined ? '' : `asked to wait until ${momentText(pausedUntilMs, now)}`,
    lastError ?? '',
  ];
  return parts.filter(Boolean).join(' · ');
}

interface Tried {
  readonly channels: readonly {
    readonly integration: string;
    readonly isDelivered: boolean;
    readonly error: string | null;
  }[];
}

function TestButton({ name }: { readonly name: string }): JSX.Element {
  const [isSending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    setSending(true);
    try {
      const { channels } = await ask<Tried>(
        `monitoring/receivers/${encodeURIComponent(name)}/test`,
        {
          method: 'POST',
          body: {},
        },
      );
      for (const { integration, isDelivered, error } of channels) {
        if (isDelivered) notify('done', `${name}: the test message by ${integration} was taken`);
        else notify('problem', `${name}: ${integration}: ${error ?? ''}`);
      }
      if (channels.length === 0) notify('problem', `${name} sends no messages: it is empty`);
    } catch (error) {
      notify('problem', problemText(error));
    }
    setSending(false);
  };
  return (
    <button type="button" disabled={isSending} onClick={() => void send()}>
      {isSending ? 'Sending …' : 'Send a test message'}
    </button>
  );
}
