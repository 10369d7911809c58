import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { ask } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import type { Alert } from '../../model/alert.ts';
import { reasonOf } from '../../model/reason.ts';
import { Card } from '../../parts/card.tsx';
import { Labels, LinkedText } from '../../parts/labels.tsx';
import { Link, OutLink } from '../../parts/link.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { SeverityMark, StateMarks } from '../../parts/severity.tsx';
import { draftSilence, perform, toggleAck } from '../../store/acts.ts';
import { alerts } from '../../store/alerts.ts';
import { useReading } from '../../store/reading.ts';
import { isTyping } from '../alerts/use-alert-keys.ts';
import { AlertPlot } from './alert-plot.tsx';
import { EarlierEpisodes } from './earlier-episodes.tsx';
import { Timeline } from './timeline.tsx';
import { Traces } from './traces.tsx';

/** One alert: what happened to it, why it fires, and what it was like before. */
export function AlertView({ id }: { readonly id: string }): JSX.Element {
  const { value, problem } = useReading<Alert>(
    (signal) => ask(`monitoring/alerts/${encodeURIComponent(id)}`, { signal }),
    id,
    { events: ['alerts'], everyMs: 15_000 },
  );
  const alert = alerts.value?.find((each) => each.id === id) ?? value;
  useKeys(alert);
  if (alert === undefined) {
    return problem === undefined ? <Empty text="Reading …" /> : <Gone problem={problem} />;
  }
  return (
    <div class="stack">
      <header class="head-line">
        <SeverityMark severity={alert.severity} />
        <h1>{alert.alertname}</h1>
        <StateMarks alert={alert} />
        {alert.state === 'firing' && <span class="mark mark-firing">firing</span>}
        <Actions alert={alert} />
      </header>
      <div class="columns">
        <div class="stack">
          <Why alert={alert} />
          {alert.rule !== null && <AlertPlot alert={alert} rule={alert.rule} />}
          <Timeline alert={alert} />
        </div>
        <div class="stack">
          <Where alert={alert} />
          <Traces alert={alert} />
          <EarlierEpisodes alert={alert} />
          <RuleText alert={alert} />
        </div>
      </div>
    </div>
  );
}

function Gone({ problem }: { readonly problem: string }): JSX.Element {
  return (
    <div class="stack">
      <h1>No such alert</h1>
      <Problem text={problem} />
      <p>
        Resolved alerts are forgotten after a while. What happened stands in the{' '}
        <Link to={{ view: 'history' }}>history</Link>.
      </p>
    </div>
  );
}

function Actions({ alert }: { readonly alert: Alert }): JSX.Element {
  const isFiring = alert.state === 'firing';
  return (
    <div class="alert-actions">
      {isFiring && (
        <button
          type="button"
          class={alert.ack === null ? 'main' : ''}
          onClick={() => toggleAck(alert)}
        >
          {alert.ack === null ? 'Acknowledge' : 'Un-ack'}
        </button>
      )}
      <button type="button" onClick={() => draftSilence(alert.labels)}>
        Silence
      </button>
      {isFiring && (
        <button type="button" onClick={() => void perform('resolve', alert)}>
          Resolve
        </button>
      )}
      {isFiring && alert.escalation !== null && !alert.escalation.isDone && (
        <button type="button" onClick={() => void perform('escalate', alert)}>
          Escalate now
        </button>
      )}
    </div>
  );
}

function Why({ alert }: { readonly alert: Alert }): JSX.Element {
  const { summary = '', description = '' } = alert.annotations;
  const runbook = alert.links['runbook'];
  return (
    <Card title="Why it fires">
      {summary !== '' && (
        <p class="summary">
          <LinkedText text={summary} />
        </p>
      )}
      {description !== '' && (
        <p>
          <LinkedText text={description} />
        </p>
      )}
      {reasonOf(alert, nowMs.value).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {runbook !== undefined && (
        <p>
          <OutLink href={runbook}>Runbook: what to do</OutLink>
        </p>
      )}
    </Card>
  );
}

function Where({ alert }: { readonly alert: Alert }): JSX.Element {
  const others = Object.entries(alert.annotations).filter(
    ([name]) => name !== 'summary' && name !== 'description',
  );
  return (
    <Card title="Where">
      <Labels labels={alert.labels} />
      {others.map(([name, text]) => (
        <p key={name} class="annotation">
          <span class="label-name">{name}</span>
          <LinkedText text={text} />
        </p>
      ))}
      <p class="hint">
        {alert.receivers.length === 0
          ? 'No receiver is told of it yet.'
          : `Told: ${alert.receivers.join(', ')}`}
      </p>
    </Card>
  );
}

function RuleText({ alert: { rule, alertname } }: { readonly alert: Alert }): JSX.Element | null {
  if (rule === null) return null;
  return (
    <Card title="Rule">
      <pre>{rule.query.trim()}</pre>
      <p class="hint">
        {alertname} of the group “{rule.group}” in {rule.file}
      </p>
      <p>
        <Link to={{ view: 'graph', parameters: { 'g0.expr': rule.plot?.query ?? rule.query } }}>
          Plot what it looks at
        </Link>
      </p>
    </Card>
  );
}

/** The same keys as in the list. */
function useKeys(alert: Alert | undefined): void {
  const now = useRef(alert);
  now.current = alert;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { current } = now;
      if (current === undefined || isTyping(event)) return;
      if (event.key === 's') draftSilence(current.labels);
      else if (event.key === 'Escape') history.back();
      else if (current.state !== 'firing') return;
      else if (event.key === 'a') toggleAck(current);
      else if (event.key === 'r') void perform('resolve', current);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
