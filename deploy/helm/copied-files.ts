import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ROOT } from './places.ts';

/** Single files that the chart holds a copy of, because Helm reads nothing outside of a chart. */
const FILES: readonly string[] = [
  'otel-collector.yaml',
  'deploy/otel-collector/tier1.yaml',
  'deploy/otel-collector/tier2.yaml',
  'deploy/otel-collector/tls-auth.yaml',
  'deploy/compose/telltale.yaml',
];

/** Folders that it holds a copy of, and what is copied of them. */
const FOLDERS: readonly { readonly from: string; readonly to: string; readonly ends: string }[] = [
  { from: 'deploy/prometheus/rules', to: 'rules', ends: '.yaml' },
  { from: 'grafana/dashboards', to: 'dashboards', ends: '.json' },
];

/** Where each file of the chart's `files/` comes from, both relative: to `files/`, to the root. */
export function chartSources(): Readonly<Record<string, string>> {
  const single = FILES.map((path) => [basename(path), path] as const);
  const listed = FOLDERS.flatMap(({ from, to, ends }) =>
    readdirSync(join(ROOT, from))
      .filter((name) => name.endsWith(ends))
      .sort()
      .map((name) => [`${to}/${name}`, `${from}/${name}`] as const),
  );
  return Object.fromEntries([...single, ...listed]);
}

/** What `files/` must hold: names and contents. */
export function chartFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(chartSources()).map(([name, source]) => [
      name,
      readFileSync(join(ROOT, source), 'utf8'),
    ]),
  );
}
