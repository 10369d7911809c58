import type { JSX } from 'preact';

import { type Alert, sinceMs } from '../../model/alert.ts';
import { numberText } from '../../model/number-text.ts';
import { sampleValue } from '../../model/spark.ts';
import { Age } from '../../parts/age.tsx';
import { Labels, LinkedText } from '../../parts/labels.tsx';
import { Link, OutLink } from '../../parts/link.tsx';
import { SeverityMark, StateMarks } from '../../parts/severity.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { draftSilence, perform, toggleAck } from '../../store/acts.ts';

interface Props {
  readonly alert: Alert;
  readonly differing: Readonly<Record<string, string>>;
  readonly isAlone: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
  readonly onPick: (name: string, value: string) => void;
}

/** One alert: what, where, how much, since when, and what can be done. */
export function AlertRow(props: Props): JSX.Element {
  const { alert, differing, isAlone, isSelected, onSelect, onPick } = props;
  const { summary = '', description = '' } = alert.annotations;
  const said = summary || description;
  const severity = alert.severity.toLowerCase();
  const name = isAlone ? alert.alertname : said || alert.alertname;
  return (
    <article
      class={`alert alert-${severity} ${alert.state} ${alert.ack === null ? '' : 'acked'} ${isSelected ? 'selected' : ''}`}
      data-alert={alert.id}
      aria-label={`${alert.alertname} ${said}`}
      onFocusCapture={() => onSelect(alert.id)}
    >
      <div class="alert-what">
        <p class="alert-title">
          <SeverityMark severity={alert.severity} />
          <Link to={{ view: 'alert', id: alert.id }} class="alert-name">
            {name}
          </Link>
          {isAlone && said !== '' && (
            <span class="alert-summary">
              <LinkedText text={said} />
            </span>
          )}
        </p>
        <p class="alert-where">
          <StateMarks alert={alert} />
          <Labels labels={differing} onPick={onPick} />
        </p>
      </div>
      <Value alert={alert} />
      <div class="alert-age">
        <Age sinceMs={sinceMs(alert)} />
        <span class="alert-links">
          {alert.links['runbook'] !== undefined && (
            <OutLink href={alert.links['runbook']}>runbook</OutLink>
          )}
          <TraceLink alert={alert} />
        </span>
      </div>
      <Actions alert={alert} />
    </article>
  );
}

/** The value beside what it is compared with. */
function Value({ alert }: { readonly alert: Alert }): JSX.Element {
  const plot = alert.rule?.plot;
  return (
    <div class="alert-value">
      {alert.value !== null && (
        <span class="alert-number">
          <strong>{numberText(sampleValue(alert.value))}</strong>
          {plot !== null && plot !== undefined && (
            <span class="alert-threshold" title={plot.threshold}>
              {plot.comparison} {thresholdText(plot.threshold)}
            </span>
          )}
        </span>
      )}
      {alert.rule !== null && <Sparkline alert={alert} />}
    </div>
  );
}

function thresholdText(threshold: string): string {
  const value = Number(threshold);
  if (Number.isFinite(value)) return numberText(value);
  return threshold.length > 12 ? 'its limit' : threshold;
}

function TraceLink({ alert: { traceId, links } }: { readonly alert: Alert }): JSX.Element | null {
  if (traceId === null) return null;
  if (links['trace'] !== undefined) return <OutLink href={links['trace']}>trace</OutLink>;
  return (
    <span class="trace" title={`Trace ${traceId}`}>
      trace {traceId.slice(0, 8)}
    </span>
  );
}

function Actions({ alert }: { readonly alert: Alert }): JSX.Element | null {
  if (alert.state !== 'firing') {
    return (
      <div class="alert-actions">
        <button type="button" onClick={() => draftSilence(alert.labels)}>
          Silence
        </button>
      </div>
    );
  }
  return (
    <div class="alert-actions">
      <button
        type="button"
        class={alert.ack === null ? 'main' : ''}
        onClick={() => toggleAck(alert)}
      >
        {alert.ack === null ? 'Ack' : 'Un-ack'}
      </button>
      <button type="button" onClick={() => draftSilence(alert.labels)}>
        Silence
      </button>
      <button type="button" onClick={() => void perform('resolve', alert)}>
        Resolve
      </button>
    </div>
  );
}
