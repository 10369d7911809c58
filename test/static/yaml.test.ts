import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import type { DashboardJson } from '../../grafana/src/check/dashboard-queries.ts';
import { dashboardFiles } from '../../grafana/src/files.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const FILES = globSync(
  [
    '*.{yaml,yml}',
    'deploy/**/*.{yaml,yml}',
    'grafana/**/*.{yaml,yml}',
    'telemetry/**/*.yaml',
    'tools/**/*.yaml',
  ],
  {
    cwd: ROOT,
  },
)
  .filter((path) => !/node_modules|templates\//u.test(path))
  .toSorted();

test('there are files to read', () => {
  expect(FILES.length).toBeGreaterThan(40);
});

test.for(FILES)('%s is YAML without a key twice', (path) => {
  const documents = parseAllDocuments(readFileSync(join(ROOT, path), 'utf8'), { uniqueKeys: true });
  expect([...documents].flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
});

interface Provisioned {
  readonly datasources: readonly {
    readonly uid: string;
    readonly type: string;
    readonly editable: boolean;
    readonly url: string;
  }[];
}

const sources = (
  parse(
    readFileSync(join(ROOT, 'grafana/provisioning/datasources/telltale.yaml'), 'utf8'),
  ) as Provisioned
).datasources;

test('dashboards start with data sources that are provisioned', () => {
  const known = new Map(sources.map(({ uid, type }) => [uid, type]));
  const chosen = Object.values(dashboardFiles()).flatMap((text) => {
    const { uid, templating } = JSON.parse(text) as DashboardJson;
    return templating.list
      .filter(({ type }) => type === 'datasource')
      .map((variable) => {
        const { query, current } = variable as unknown as {
          readonly query: string;
          readonly current: { readonly value: string };
        };
        return { uid, source: current.value, type: query };
      });
  });
  expect(chosen.length).toBeGreaterThan(9);
  expect(chosen.filter(({ source, type }) => known.get(source) !== type)).toEqual([]);
});

test('data sources cannot be edited and take their addresses from the environment', () => {
  expect(sources.filter(({ editable, url }) => editable || !url.startsWith('$'))).toEqual([]);
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  expect(sources.filter(({ url }) => !compose.includes(`${url.slice(1)}: http`))).toEqual([]);
});
