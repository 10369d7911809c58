import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import { type Alert, sinceMs } from '../../model/alert.ts';
import { numberText } from '../../model/number-text.ts';
import { momentText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { OutLink } from '../../parts/link.tsx';
import { useReading } from '../../store/reading.ts';

interface ExemplarSeries {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

interface Trace {
  readonly id: string;
  readonly value: number | undefined;
  readonly timeMs: number | undefined;
}

const TRACES_MAX = 8;
const BEFORE_MS = 15 * 60_000;

/** Requests that show what is wrong: the one that the service chose, then those of the rule's series. */
export function Traces({ alert }: { readonly alert: Alert }): JSX.Element | null {
  const { value } = useReading(
    (signal) => readTraces(alert, signal),
    `${alert.id} ${alert.firedAt ?? ''}`,
  );
  const chosen =
    alert.traceId === null ? [] : [{ id: alert.traceId, value: undefined, timeMs: undefined }];
  const traces = [...chosen, ...(value ?? []).filter(({ id }) => id !== alert.traceId)];
  if (traces.length === 0) return null;
  return (
    <Card title="Traces">
      <ul class="traces">
        {traces.slice(0, TRACES_MAX).map((trace) => (
          <li key={trace.id}>
            <TraceName alert={alert} id={trace.id} />
            <span class="hint">
              {trace.value !== undefined && ` ${numberText(trace.value)}`}
              {trace.timeMs !== undefined && ` at ${momentText(trace.timeMs, nowMs.peek())}`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function TraceName({ alert, id }: { readonly alert: Alert; readonly id: string }): JSX.Element {
  const address = alert.links['trace'];
  if (address === undefined || alert.traceId === null) return <code>{id}</code>;
  return <OutLink href={address.replaceAll(alert.traceId, id)}>{id}</OutLink>;
}

async function readTraces(alert: Alert, signal: AbortSignal): Promise<readonly Trace[]> {
  if (alert.rule === null) return [];
  const { data } = await ask<{ data: readonly ExemplarSeries[] }>('api/v1/query_exemplars', {
    query: {
      query: alert.rule.query,
      start: (sinceMs(alert) - BEFORE_MS) / 1000,
      end: Date.now() / 1000,
    },
    signal,
  });
  return data
    .filter(({ seriesLabels }) => agrees(seriesLabels, alert.labels))
    .flatMap(({ exemplars }) => exemplars)
    .flatMap(({ labels, value, timestamp }) => {
      const id = labels['trace_id'];
      return id === undefined ? [] : [{ id, value: Number(value), timeMs: timestamp * 1000 }];
    })
    .sort((left, right) => right.value - left.value);
}

const agrees = (
  series: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(series).every(([name, value]) => (labels[name] ?? value) === value);
