import type { Labels } from '../../model/labels.ts';
import { alertPage } from '../../notify/message/page-links.ts';
import type { AlertDrift, AlertLinks, NotifiedAlert } from '../../notify/stages/notification.ts';
import type { StoredExemplar } from '../../storage/exemplar-store.ts';

export interface DriftScore {
  readonly score: number;
  readonly detector: string;
}

export interface DescribeInputs {
  readonly externalUrl: string;
  /** With `{traceId}` in it. */
  readonly traceUrl: string | undefined;
  readonly nowMs: number;
  /** How far a stream of these labels is from its baseline now, and by which measure. */
  driftOf(labels: Readonly<Record<string, string>>): DriftScore | undefined;
  /** Exemplars between two times of the series that a test accepts. */
  exemplars(
    isWanted: (labels: Labels) => boolean,
    startMs: number,
    endMs: number,
  ): readonly { readonly labels: Labels; readonly exemplars: readonly StoredExemplar[] }[];
}

/** Exemplars from this long before the alert began may explain it. */
const TRACE_WINDOW_MS = 15 * 60_000;

const RUNBOOK_ANNOTATIONS = ['runbook_url', 'runbook'];

/** Labels that say where an alert happened; an exemplar's series must not contradict them. */
const IGNORED_LABELS: ReadonlySet<string> = new Set(['alertname', 'severity']);

/** Adds to an alert where a reader goes on, and for drift which feature moved and since when. */
export function describeAlert(alert: NotifiedAlert, inputs: DescribeInputs): NotifiedAlert {
  const traceId = slowestTrace(alert, inputs);
  const runbook = RUNBOOK_ANNOTATIONS.map((name) => alert.annotations[name] ?? '').find(isUrl);
  const trace = traceId === undefined ? undefined : traceLink(traceId, inputs.traceUrl);
  const links: AlertLinks = {
    page: alertPage(inputs.externalUrl, alert.fingerprint),
    ...(runbook === undefined ? {} : { runbook }),
    ...(trace === undefined ? {} : { trace }),
  };
  const drift = driftDetails(alert, inputs);
  return {
    ...alert,
    links,
    ...(traceId === undefined ? {} : { traceId }),
    ...(drift === undefined ? {} : { drift }),
  };
}

function isUrl(text: string): boolean {
  return /^https?:\/\//u.test(text);
}

function traceLink(traceId: string, template: string | undefined): string | undefined {
  return template?.replaceAll('{traceId}', traceId);
}

/** The trace of the highest measurement near the alert; of a failed request where there is one. */
function slowestTrace(alert: NotifiedAlert, inputs: DescribeInputs): string | undefined {
  const places = Object.entries(alert.labels).filter(([name]) => !IGNORED_LABELS.has(name));
  if (places.length === 0) return undefined;
  const agrees = (labels: Labels): boolean => {
    let common = 0;
    for (const [name, value] of places) {
      const theirs = labels.get(name);
      if (theirs === '') continue;
      if (theirs !== value) return false;
      common += 1;
    }
    return common > 0;
  };
  const startMs = alert.startsAtMs - TRACE_WINDOW_MS;
  const found = inputs
    .exemplars(agrees, startMs, alert.endsAtMs ?? inputs.nowMs)
    .flatMap(({ labels, exemplars }) => {
      const hasFailed = labels.has('error_type');
      return exemplars.map(({ value, labels: own }) => ({ hasFailed, value, id: own['trace_id'] }));
    })
    .filter(({ id }) => id !== undefined)
    .sort(
      (left, right) => Number(right.hasFailed) - Number(left.hasFailed) || right.value - left.value,
    );
  return found[0]?.id;
}

/** The label that names a feature, an output or another watched stream. */
const STREAM_LABEL = 'ml_drift_stream';

/** An alert is about drift when its labels name a stream. */
function driftDetails(alert: NotifiedAlert, inputs: DescribeInputs): AlertDrift | undefined {
  const feature = alert.labels[STREAM_LABEL];
  if (feature === undefined) return undefined;
  const found = inputs.driftOf(alert.labels);
  const score = found?.score ?? alert.value;
  if (score === undefined) return undefined;
  const sinceMs = alert.startsAtMs;
  return { feature, score, sinceMs, ...(found === undefined ? {} : { detector: found.detector }) };
}
