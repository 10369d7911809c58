import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import { type Alert, sinceMs } from '../../model/alert.ts';
import { eventText, eventTone, type HistoryEvent } from '../../model/episodes.ts';
import { numberText } from '../../model/number-text.ts';
import { durationText, momentText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';

interface Told {
  readonly at: string;
  readonly outcome: string;
  readonly receiver: string | null;
  readonly integration: string | null;
  readonly reason: string | null;
  readonly error: string | null;
}

interface Entry {
  readonly timeMs: number;
  readonly kind: string;
  readonly detail: string;
}

/** Rows of a timeline; what an episode of months has more stands in the history. */
const ROWS_MAX = 200;

/** What happened in this episode: states, messages with their outcome, what people did. */
export function Timeline({ alert }: { readonly alert: Alert }): JSX.Element {
  const fromMs = Math.min(Date.parse(alert.activeAt ?? '') || Date.now(), sinceMs(alert)) - 1000;
  const { value, problem } = useReading(
    (signal) => readEntries(alert.id, fromMs, signal),
    `${alert.id} ${fromMs}`,
    { events: ['alerts', 'notifications'], everyMs: 15_000 },
  );
  const entries = value ?? [];
  const firstMs = entries[0]?.timeMs ?? 0;
  return (
    <Card title="What happened">
      <Problem text={problem} />
      <ol class="timeline">
        {entries.map(({ timeMs, kind, detail }, index) => (
          <li key={`${timeMs} ${kind} ${index}`} class={`event-${eventTone(kind)}`}>
            <time dateTime={new Date(timeMs).toISOString()} class="number">
              {momentText(timeMs, nowMs.value)}
            </time>
            <span class="event-after">
              {index === 0 ? '' : `+${durationText(timeMs - firstMs)}`}
            </span>
            <span>
              <strong>{eventText(kind)}</strong> {detail}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

async function readEntries(
  id: string,
  fromMs: number,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const [{ history }, told] = await Promise.all([
    ask<{ history: readonly HistoryEvent[] }>('monitoring/alerts/history', {
      query: { id, from: fromMs / 1000, limit: ROWS_MAX },
      signal,
    }),
    ask<{ notifications: readonly Told[] }>(`monitoring/alerts/${id}/notifications`, {
      signal,
    }).catch(() => ({ notifications: [] })),
  ]);
  const states = history
    .filter(({ kind }) => !kind.startsWith('notification.'))
    .map((event): Entry => ({ timeMs: event.tsMs, kind: event.kind, detail: detailOf(event) }));
  const messages = told.notifications.slice(0, ROWS_MAX).map(
    (each): Entry => ({
      timeMs: Date.parse(each.at),
      kind: `notification.${each.outcome}`,
      detail: toldText(each),
    }),
  );
  return [...states, ...messages].sort((left, right) => left.timeMs - right.timeMs);
}

function detailOf({ actor = '', comment = '', value, kind }: HistoryEvent): string {
  const isAct = /^alert\.(?:acked|unacked|latched)$|^silence|^escalation/u.test(kind);
  const parts = [
    ...(isAct && actor !== '' ? [`by ${actor}`] : []),
    ...(value === undefined ? [] : [`at ${numberText(value)}`]),
    ...(comment === '' ? [] : [`“${comment}”`]),
  ];
  return parts.join(' ');
}

function toldText({ receiver, integration, reason, error }: Told): string {
  const to = receiver === null ? '' : `to ${receiver}`;
  const parts = [
    to,
    integration === null ? '' : `(${integration})`,
    reason === null ? '' : `– ${reason.replaceAll('_', ' ')}`,
    error === null ? '' : `– ${error}`,
  ];
  return parts.filter(Boolean).join(' ');
}
