import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DashboardJson } from '../../../grafana/src/check/dashboard-queries.ts';
import type { Stack } from '../stack.ts';
import { readExemplars } from './exemplars.ts';
import { type Walked, walkPatiently } from './walk.ts';

const DASHBOARDS = join(import.meta.dirname, '../../../grafana/dashboards');

/** What a run of the stack showed. */
export interface StackVerdict {
  readonly services: Readonly<Record<string, boolean>>;
  readonly panels: {
    /** Queries that were asked. */
    readonly total: number;
    readonly withData: number;
    /** Queries that were not, by the reason. */
    readonly apart: Readonly<Record<string, number>>;
  };
  readonly exemplarsResolved: string;
  readonly alertsInAlertmanager: readonly string[];
  /** Empty when everything holds. */
  readonly problems: readonly string[];
}

/** The committed dashboards. */
export const readDashboards = (): readonly DashboardJson[] =>
  readdirSync(DASHBOARDS).map(
    (name) => JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as DashboardJson,
  );

/** What was sent to the stack, and since when. */
export interface Occasion {
  readonly startedMs: number;
  /** Whether a GPU, or its stand-in, was there to be read. */
  readonly hasGpu: boolean;
}

/** Asks every query, follows exemplars to their traces, and looks at what Alertmanager was told. */
export async function judgeStack(
  stack: Stack,
  { startedMs, hasGpu }: Occasion,
): Promise<StackVerdict> {
  const { addresses, apiKey, hasTempo } = stack;
  const services = await stack.health();
  const dashboards = readDashboards();
  const walked = await walkPatiently(dashboards, () => ({
    prometheus: { datasource: addresses.prometheus, alerts: addresses.alertApi },
    headers: { 'x-api-key': apiKey },
    tempo: hasTempo ? addresses.tempo : undefined,
    hasGpu,
    startMs: startedMs,
    endMs: Date.now(),
  }));
  const asked = walked.filter(({ outcome }) => outcome !== 'skipped');
  const exemplars = await readExemplars(stack, startedMs);
  const alertsInAlertmanager = await firingAlerts(addresses.alertmanager);
  return {
    services,
    panels: {
      total: asked.length,
      withData: asked.filter(({ outcome }) => outcome === 'data').length,
      apart: countBy(walked.filter(({ outcome }) => outcome === 'skipped')),
    },
    exemplarsResolved: `${exemplars.resolved} of ${exemplars.asked}`,
    alertsInAlertmanager,
    problems: [
      ...Object.entries(services)
        .filter(([, isHealthy]) => !isHealthy)
        .map(([name]) => `${name} is not healthy`),
      ...asked.filter(({ outcome }) => outcome !== 'data').map(problemOf),
      ...(alertsInAlertmanager.length === 0 ? ['no alert reached the Alertmanager'] : []),
      ...(exemplars.resolved < exemplars.asked || exemplars.asked === 0
        ? [`${exemplars.resolved} of ${exemplars.asked} exemplars lead to a trace`]
        : []),
    ],
  };
}

function countBy(walked: readonly Walked[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { detail } of walked) counts[detail] = (counts[detail] ?? 0) + 1;
  return counts;
}

const problemOf = ({ query, outcome, detail }: Walked): string =>
  `${query.dashboard}: ${query.place}: ${outcome}: ${detail}`;

async function firingAlerts(alertmanager: string): Promise<readonly string[]> {
  const answer = await fetch(`${alertmanager}/api/v2/alerts`);
  const alerts = (await answer.json()) as { labels: { alertname?: string } }[];
  return [...new Set(alerts.flatMap(({ labels }) => labels.alertname ?? []))].sort();
}
