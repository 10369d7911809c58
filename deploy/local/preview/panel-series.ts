import {
  ALL,
  type DashboardJson,
  type Fill,
  filled,
  type PanelJson,
} from '../../../grafana/src/check/dashboard-queries.ts';

/** A point: seconds since the epoch, and a value, which may be no number. */
export type Point = readonly [seconds: number, value: number];

/** One line of a plot, cell of a table or value of a stat. */
export interface DrawnSeries {
  readonly legend: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Which target it answers: A, B, ... */
  readonly refId: string;
  readonly points: readonly Point[];
}

export interface Where {
  readonly datasource: string;
  readonly alerts: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly endMs: number;
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

const FILL: Fill = { ...ALL, rateInterval: '30s', range: '1m', interval: '5s' };
const STEPS = 60;

/** Asks everything that a panel asks of Prometheus or the alert service. */
export async function seriesOf(panel: PanelJson, where: Where): Promise<readonly DrawnSeries[]> {
  const answers = await Promise.all(
    (panel.targets ?? []).map(async (target) => {
      if (target.expr === undefined || target.expr === '') return [];
      const base = target.datasource?.uid === '${alerts}' ? where.alerts : where.datasource;
      const found = await ask(base, filled(target.expr, FILL), {
        where,
        isInstant: target.instant === true,
      });
      return found.map(
        ({ metric, value, values }): DrawnSeries => ({
          labels: metric,
          refId: target.refId,
          legend: legendOf(target.legendFormat ?? '', metric),
          points: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [
            at,
            Number(text),
          ]),
        }),
      );
    }),
  );
  return answers.flat();
}

async function ask(
  base: string,
  query: string,
  { where, isInstant }: { readonly where: Where; readonly isInstant: boolean },
): Promise<readonly RawSeries[]> {
  const { startMs, endMs, headers } = where;
  const form = new URLSearchParams({ query });
  if (isInstant) form.set('time', String(endMs / 1000));
  else {
    form.set('start', String(startMs / 1000));
    form.set('end', String(endMs / 1000));
    form.set('step', String(Math.max(1, Math.round((endMs - startMs) / 1000 / STEPS))));
  }
  const answer = await fetch(`${base}/api/v1/${isInstant ? 'query' : 'query_range'}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const body = (await answer.json()) as {
    readonly data?: { readonly result: readonly RawSeries[] };
  };
  return body.data?.result ?? [];
}

const legendOf = (format: string, metric: Readonly<Record<string, string>>): string =>
  format === ''
    ? Object.entries(metric)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')
    : format.replaceAll(/\{\{(\w+)\}\}/gu, (_, name: string) => metric[name] ?? '').trim();

export type { DashboardJson, PanelJson };
