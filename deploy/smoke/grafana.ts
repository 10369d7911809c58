import {
  ALL,
  type DashboardJson,
  filled,
  queriesOf,
} from '../../grafana/src/check/dashboard-queries.ts';

/** A running Grafana and who asks it. */
export interface Grafana {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** What Grafana said about one dashboard. */
export interface Smoke {
  readonly uid: string;
  readonly queries: number;
  readonly problems: readonly string[];
}

const SOURCES: Readonly<Record<string, string>> = {
  datasource: 'prometheus',
  alerts: 'telltale',
  traces: 'tempo',
};
const TIMEOUT_MS = 30_000;

async function call(
  grafana: Grafana,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<unknown> {
  const { url, user, password } = grafana;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * Imports a dashboard under a uid of its own, lets Grafana run each of its queries, and removes it.
 * Queries that find nothing are no problem here: the data are the user's own.
 */
export async function smokeDashboard(grafana: Grafana, dashboard: DashboardJson): Promise<Smoke> {
  const uid = `smoke-${dashboard.uid}`;
  const problems: string[] = [];
  const note = (place: string) => (error: unknown) =>
    void problems.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  const copy = { ...dashboard, id: null, uid, title: `${dashboard.title} (smoke test)` };
  await call(grafana, '/api/dashboards/db', {
    method: 'POST',
    body: { dashboard: copy, overwrite: true },
  }).catch(note('import'));
  const queries = queriesOf(dashboard).filter(({ language }) => language === 'promql');
  for (const { place, expr, source, isInstant } of queries) {
    await call(grafana, '/api/ds/query', {
      method: 'POST',
      body: {
        from: 'now-15m',
        to: 'now',
        queries: [
          {
            refId: 'A',
            datasource: { uid: SOURCES[source] },
            expr: filled(expr, ALL),
            instant: isInstant,
            range: !isInstant,
            intervalMs: 15_000,
            maxDataPoints: 100,
          },
        ],
      },
    }).catch(note(place));
  }
  if (!problems.some((problem) => problem.startsWith('import'))) {
    await call(grafana, `/api/dashboards/uid/${uid}`, { method: 'DELETE' }).catch(note('removal'));
  }
  return { uid: dashboard.uid, queries: queries.length, problems };
}
