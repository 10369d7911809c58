import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ATTR_MODEL_NAME, METRICS, promName } from '@telltale/core';

import { type DashboardJson, queriesOf } from '../../grafana/src/check/dashboard-queries.ts';
import { dashboardFiles } from '../../grafana/src/files.ts';
import { FOREIGN, RECORDED } from '../../grafana/src/queries/foreign.ts';
import { type Known, lint } from '../support/grafana/lint.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const FOLDER = join(ROOT, 'grafana/dashboards');
const files = Object.entries(dashboardFiles());
const dashboards = files.map(([, text]) => JSON.parse(text) as DashboardJson);

const SUFFIXES = { counter: [''], gauge: [''], histogram: ['', '_count', '_sum', '_bucket'] };
const isOfModel = new Map<string, boolean>();
const series = new Map<string, boolean>();
for (const { name, unit, instrument, attributes } of METRICS) {
  const base = promName({ name, unit, kind: instrument });
  const kind = instrument === 'updowncounter' ? 'gauge' : instrument;
  for (const suffix of SUFFIXES[kind]) {
    series.set(`${base}${suffix}`, kind !== 'gauge');
    isOfModel.set(`${base}${suffix}`, attributes.includes(ATTR_MODEL_NAME));
  }
}
for (const { series: base, kind } of [...Object.values(FOREIGN), ...Object.values(RECORDED)]) {
  for (const suffix of SUFFIXES[kind]) series.set(`${base}${suffix}`, kind !== 'gauge');
}

const known: Known = {
  series: new Set(series.keys()),
  counters: new Set([...series].filter(([, isCounter]) => isCounter).map(([name]) => name)),
  matchersOf: (name) => {
    if (isOfModel.get(name) === true) return ['ml_model_name'];
    return name.startsWith('ml_') ? ['service_name'] : [];
  },
};

test('the committed dashboards are what the boards say (npm run dashboards)', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(files.map(([name]) => name).toSorted());
  for (const [name, text] of files) expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
});

test.for(dashboards)('$uid keeps every rule', (dashboard) => {
  expect(lint(dashboard, known)).toEqual([]);
});

test('uids and titles are unique, and there is enough to look at', () => {
  const uids = dashboards.map(({ uid }) => uid);
  const titles = dashboards.map(({ title }) => title);
  expect(new Set(uids).size).toBe(uids.length);
  expect(new Set(titles).size).toBe(titles.length);
  expect(dashboards.flatMap(queriesOf).length).toBeGreaterThan(150);
});

test('the rule files record what the boards read', () => {
  const rules = globSync('deploy/prometheus/rules/*.yaml', { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.yaml'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  const missing = Object.values(RECORDED).filter(
    (recorded) => !rules.includes(`record: ${recorded.series}\n`),
  );
  expect(missing).toEqual([]);
});

test('panels by name that the boards promise', () => {
  const titles = new Set(dashboards.flatMap(({ panels }) => panels.map(({ title }) => title)));
  const promised = [
    'Request rate by route and method',
    'Latency quantiles and mean',
    'Duration by model',
    'Predictions by outcome',
    'Predictions by level',
    'Predictions by category',
    'Confidence by outcome',
    'False positive rate now',
    'Accuracy',
    'Evidence against its threshold',
    'Alert rate by name',
    'Alert rate by severity',
    'Cache hit rate',
    'Queue depth',
    'Component health',
    'Active detectors',
    'Items per second',
  ];
  expect(promised.filter((title) => !titles.has(title))).toEqual([]);
});

describe('planted faults are found', () => {
  const [healthy] = dashboards;
  const planted = (change: Partial<DashboardJson>): readonly string[] => {
    if (healthy === undefined) throw new Error('Cannot plant a fault: there is no dashboard');
    return lint({ ...healthy, ...change }, known).map(({ rule }) => rule);
  };
  const panelWith = (expr: string, type = 'prometheus') => ({
    panels: [
      {
        id: 1,
        type: 'timeseries',
        title: 'Planted',
        description: 'A panel that is planted.',
        datasource: { uid: '${datasource}' },
        gridPos: { x: 0, y: 0, w: 8, h: 8 },
        fieldConfig: { defaults: { unit: 's' } },
        targets: [{ refId: 'A', expr, query: expr, datasource: { type, uid: '${datasource}' } }],
      },
    ],
  });

  test.for([
    [
      'rate(ml_nothing_total{service_name=~"$service"}[$__rate_interval])',
      'unknown series ml_nothing_total',
    ],
    [
      'rate(ml_inference_duration_seconds_count[$__rate_interval])',
      'ml_inference_duration_seconds_count is chosen by ml_model_name',
    ],
    [
      'ml_inference_duration_seconds_count{ml_model_name=~"$model"}',
      'counter ml_inference_duration_seconds_count inside rate or increase',
    ],
    [
      'rate(ml_inference_duration_seconds_count{ml_model_name=~"$model"}[5m])',
      'ranges follow the time range',
    ],
    [
      'rate(ml_inference_duration_seconds_count{ml_model_name=~"$modle"}[$__rate_interval])',
      'variable $modle exists',
    ],
  ])('%s', ([expr, rule]) => {
    expect(planted(panelWith(expr ?? ''))).toEqual([rule]);
  });

  test('PromQL and TraceQL that do not parse', () => {
    expect(planted(panelWith('sum by ('))[0]).toMatch(/^PromQL parses/u);
    expect(planted(panelWith('{ span. = }', 'tempo'))[0]).toMatch(/^TraceQL parses/u);
  });

  test('a dashboard that every user may edit, a fixed source, a panel without words', () => {
    expect(planted({ editable: true })).toEqual(['read-only']);
    const [panel] = panelWith('up').panels;
    const bare = {
      ...panel,
      id: 2,
      type: 'stat',
      title: '',
      description: '',
      datasource: { uid: 'prometheus' },
      targets: [],
      fieldConfig: { defaults: { unit: 'furlong' } },
    };
    expect(planted({ panels: [bare] })).toEqual([
      'panel has a title',
      'panel is described',
      'source is a variable',
      'panel asks for something',
      'unit is known',
    ]);
  });
});
