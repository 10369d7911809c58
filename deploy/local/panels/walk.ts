import { setTimeout as sleep } from 'node:timers/promises';

import {
  ALL,
  type DashboardJson,
  type DashboardQuery,
  type Fill,
  filled,
  queriesOf,
} from '../../../grafana/src/check/dashboard-queries.ts';

/** What a query brought. */
export interface Walked {
  readonly query: DashboardQuery;
  readonly outcome: 'data' | 'empty' | 'wrong shape' | 'error' | 'skipped';
  readonly detail: string;
}

export interface WalkTargets {
  /** Base address by the name of the data source's variable. */
  readonly prometheus: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where the trace store does not speak TraceQL. */
  readonly tempo: string | undefined;
  readonly hasGpu: boolean;
  readonly startMs: number;
  readonly endMs: number;
}

/** Long enough for two exports, short enough for a run of a minute. */
const FILL: Fill = { ...ALL, rateInterval: '45s', range: '1m', interval: '5s' };
const STEP_SECONDS = 5;
const TIMEOUT_MS = 20_000;

const ATTEMPTS = 9;
const PAUSE_MS = 5000;

/**
 * Asks every query of every dashboard, one after the other, as Grafana would. What has no data yet
 * is asked again for a while: on a busy machine some of it is late.
 *
 * @param targetsNow the end of the time range moves on
 */
export async function walkPatiently(
  dashboards: readonly DashboardJson[],
  targetsNow: () => WalkTargets,
): Promise<readonly Walked[]> {
  const walked: Walked[] = [];
  for (const query of dashboards.flatMap((dashboard) => queriesOf(dashboard))) {
    walked.push(await ask(query, targetsNow()));
  }
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    if (walked.every(isSettled)) break;
    await sleep(PAUSE_MS);
    for (const [index, before] of walked.entries()) {
      if (!isSettled(before)) walked[index] = await ask(before.query, targetsNow());
    }
  }
  return walked;
}

const isSettled = ({ outcome }: Walked): boolean => outcome === 'data' || outcome === 'skipped';

async function ask(query: DashboardQuery, targets: WalkTargets): Promise<Walked> {
  try {
    return query.language === 'traceql'
      ? await askTempo(query, targets)
      : await askPrometheus(query, targets);
  } catch (error) {
    return { query, outcome: 'error', detail: String(error) };
  }
}

type Sample = readonly [time: number, value: string];

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
  readonly histogram?: unknown;
  readonly histograms?: unknown;
}

async function askPrometheus(query: DashboardQuery, targets: WalkTargets): Promise<Walked> {
  const { startMs, endMs, prometheus, headers } = targets;
  const base = prometheus[query.source];
  if (base === undefined) return { query, outcome: 'error', detail: `no source ${query.source}` };
  const form = new URLSearchParams({ query: filled(query.expr, FILL) });
  if (query.isInstant) form.set('time', String(endMs / 1000));
  else {
    form.set('start', String(startMs / 1000));
    form.set('end', String(endMs / 1000));
    form.set('step', String(STEP_SECONDS));
  }
  const answer = await fetch(`${base}/api/v1/${query.isInstant ? 'query' : 'query_range'}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await answer.json()) as {
    readonly error?: string;
    readonly data?: { readonly result: readonly Series[] };
  };
  if (!answer.ok || body.data === undefined) {
    return { query, outcome: 'error', detail: `${answer.status} ${body.error ?? ''}` };
  }
  const walked = judged(query, body.data.result);
  const isOfDevice = /\b(?:hw|ml_gpu)_/u.test(query.expr);
  return walked.outcome === 'data' || targets.hasGpu || !isOfDevice
    ? walked
    : { query, outcome: 'skipped', detail: 'no C compiler for the stand-in of a GPU' };
}

function judged(query: DashboardQuery, series: readonly Series[]): Walked {
  if (series.length === 0) return { query, outcome: 'empty', detail: filled(query.expr, FILL) };
  const isBucketed = series.every(
    ({ metric, histogram, histograms }) =>
      metric['le'] !== undefined || histogram !== undefined || histograms !== undefined,
  );
  if (query.isHeatmap && !isBucketed) {
    return { query, outcome: 'wrong shape', detail: 'a heatmap without buckets' };
  }
  const isFinite = series.some((one) => one.histogram ?? one.histograms ?? hasFinite(one));
  if (!isFinite) return { query, outcome: 'wrong shape', detail: 'no value is a number' };
  const absent = query.labels.filter(
    (label) =>
      // Native histograms have their bounds inside.
      label !== 'le' && series.every(({ metric }) => (metric[label] ?? '') === ''),
  );
  // Where nothing went wrong yet, the zero in its place has no label.
  if (absent.length > 0 && !query.expr.endsWith('or vector(0)')) {
    return { query, outcome: 'wrong shape', detail: `no series has ${absent.join(', ')}` };
  }
  return { query, outcome: 'data', detail: `${series.length} series` };
}

const hasFinite = ({ value, values = [] }: Series): boolean =>
  [...values, ...(value === undefined ? [] : [value])].some(([, text]) =>
    Number.isFinite(Number(text)),
  );

async function askTempo(query: DashboardQuery, targets: WalkTargets): Promise<Walked> {
  if (targets.tempo === undefined) {
    return { query, outcome: 'skipped', detail: 'TraceQL needs Tempo, and Jaeger stands in' };
  }
  if (query.expr === '$traceId') {
    return { query, outcome: 'skipped', detail: 'asks for a trace that a reader chooses' };
  }
  const isMetrics = query.expr.includes('|');
  const parameters = new URLSearchParams({
    q: filled(query.expr, FILL),
    start: String(Math.floor(targets.startMs / 1000)),
    end: String(Math.ceil(targets.endMs / 1000)),
    ...(isMetrics ? { step: `${STEP_SECONDS}s` } : { limit: '20' }),
  });
  const path = isMetrics ? 'metrics/query_range' : 'search';
  const answer = await fetch(`${targets.tempo}/api/${path}?${parameters.toString()}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await answer.json()) as {
    readonly traces?: readonly unknown[];
    readonly series?: readonly unknown[];
  };
  const found = (isMetrics ? body.series : body.traces)?.length ?? 0;
  return { query, outcome: found > 0 ? 'data' : 'empty', detail: `${found} found` };
}
