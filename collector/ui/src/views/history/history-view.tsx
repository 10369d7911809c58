import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ask, problemText } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import { notify } from '../../browser/notices.ts';
import { place, setParameters } from '../../browser/place.ts';
import { eventText, eventTone, type HistoryEvent } from '../../model/episodes.ts';
import { momentText } from '../../model/time-text.ts';
import { Labels } from '../../parts/labels.tsx';
import { Link } from '../../parts/link.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';
import { Statistics } from './statistics.tsx';

const PAGE = 100;
const ROWS_MAX = 2000;

interface HistoryPage {
  readonly history: readonly HistoryEvent[];
  readonly next?: string;
}

const KINDS: readonly (readonly [kind: string, text: string])[] = [
  ['', 'everything'],
  ['alert.firing', 'began to fire'],
  ['alert.resolved', 'resolved'],
  ['alert.acked', 'acknowledged'],
  ['notification.sent', 'message sent'],
  ['notification.retried', 'message tried again'],
  ['notification.failed', 'message given up'],
  ['silence.created', 'silence made'],
  ['escalation.sent', 'escalated'],
  ['system.fault', 'fault of the service'],
];

/** What happened when, and figures over a span of time. */
export function HistoryView(): JSX.Element {
  const { alertname = '', receiver = '', kind = '' } = place.value.parameters;
  const query = { alertname, receiver, kind, limit: PAGE };
  const key = JSON.stringify(query);
  const { value, problem } = useReading<HistoryPage>(
    (signal) => ask('monitoring/alerts/history', { query, signal }),
    key,
    { events: ['alerts', 'notifications', 'silences'] },
  );
  return (
    <div class="stack">
      <h1>History</h1>
      <Statistics />
      <search class="head-line">
        <Field name="alertname" label="Alert" value={alertname} />
        <Field name="receiver" label="Receiver" value={receiver} />
        <label class="field">
          <span>What</span>
          <select
            value={kind}
            onChange={({ currentTarget }) => setParameters({ kind: currentTarget.value })}
          >
            {KINDS.map(([each, text]) => (
              <option key={each} value={each}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Problem text={problem} />
      {value !== undefined && <Events key={key} page={value} query={query} />}
      {value?.history.length === 0 && <Empty text="Nothing like that happened." />}
    </div>
  );
}

function Field({
  name,
  label,
  value,
}: Readonly<Record<'name' | 'label' | 'value', string>>): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="search"
        value={value}
        placeholder="any"
        onChange={({ currentTarget }) => setParameters({ [name]: currentTarget.value.trim() })}
      />
    </label>
  );
}

function Events({
  page,
  query,
}: {
  readonly page: HistoryPage;
  readonly query: Readonly<Record<string, string | number>>;
}): JSX.Element {
  const [older, setOlder] = useState<HistoryPage>({ history: [] });
  const first = page.history.at(-1)?.id ?? 0;
  const rows = [...page.history, ...older.history.filter(({ id }) => id < first)];
  const next = older.history.length === 0 ? page.next : older.next;
  const more = async (): Promise<void> => {
    try {
      const read = await ask<HistoryPage>('monitoring/alerts/history', {
        query: { ...query, cursor: next },
      });
      setOlder({ ...read, history: [...older.history, ...read.history] });
    } catch (error) {
      notify('problem', problemText(error));
    }
  };
  return (
    <div class="card table-frame">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Alert</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </tbody>
      </table>
      {next !== undefined && rows.length < ROWS_MAX && (
        <button type="button" onClick={() => void more()}>
          Older
        </button>
      )}
    </div>
  );
}

function EventRow({ event }: { readonly event: HistoryEvent }): JSX.Element {
  const {
    tsMs,
    kind,
    alertname = '',
    fingerprint,
    labels = {},
    receiver,
    actor,
    comment,
    error,
    reason,
  } = event;
  const shown = Object.fromEntries(
    Object.entries(labels).filter(([name]) => name !== 'alertname' && name !== 'severity'),
  );
  return (
    <tr>
      <td class="nowrap number-left">{momentText(tsMs, nowMs.peek())}</td>
      <td class="nowrap">
        <span class={`event event-${eventTone(kind)}`}>{eventText(kind)}</span>
      </td>
      <td>
        {fingerprint === undefined ? (
          alertname
        ) : (
          <Link to={{ view: 'alert', id: fingerprint }}>{alertname}</Link>
        )}{' '}
        <Labels labels={shown} />
      </td>
      <td>
        {[
          receiver === undefined ? '' : `to ${receiver}`,
          reason?.replaceAll('_', ' ') ?? '',
          actor === undefined || actor === '' ? '' : `by ${actor}`,
          comment === undefined || comment === '' ? '' : `“${comment}”`,
          error ?? '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </td>
    </tr>
  );
}
