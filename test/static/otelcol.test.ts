import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { lintOtelcol, mergeConfigs } from '../support/stack/otelcol-lint.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const BASE = 'otel-collector.yaml';
const overlay = (name: string): string => `deploy/otel-collector/${name}.yaml`;

/** What is started together, first file first. */
const SETS: readonly (readonly string[])[] = [
  [BASE],
  [BASE, 'deploy/compose/otel-collector.yaml'],
  [BASE, overlay('tls-auth')],
  [BASE, overlay('debug')],
  [BASE, overlay('remote-write')],
  [BASE, overlay('logs')],
  [BASE, overlay('tier2')],
  [BASE, overlay('tier2'), 'deploy/compose/otel-collector.yaml'],
  [overlay('tier1')],
];

const textOf = (paths: readonly string[]): string =>
  paths.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');

const lintSet = (paths: readonly string[], change = (text: string): string => text) => {
  const texts = paths.map((path) => change(readFileSync(join(ROOT, path), 'utf8')));
  return lintOtelcol(mergeConfigs(texts.map((text) => parse(text))), texts.join('\n'));
};

test.for(SETS.map((paths) => [paths.join(' + '), paths] as const))('%s', ([, paths]) => {
  // Another way to Prometheus takes the place of the first one, which stays defined.
  const replaced = paths.includes(overlay('remote-write'));
  expect(lintSet(paths)).toEqual(
    replaced ? ['exporters otlp_http/prometheus is used nowhere'] : [],
  );
});

test('every overlay is in some set', () => {
  const all = readdirSync(join(ROOT, 'deploy/otel-collector')).map(
    (name) => `deploy/otel-collector/${name}`,
  );
  expect(all.filter((path) => path.endsWith('.yaml') && !SETS.flat().includes(path))).toEqual([]);
});

test('names of metrics are the same wherever they are scraped', () => {
  for (const paths of SETS) {
    for (const setting of ['without_units', 'without_type_suffix']) {
      expect(textOf(paths)).not.toContain(`${setting}: true`);
    }
  }
});

test.for([
  [
    'a component that is not used',
    'exporters:\n',
    'exporters:\n  otlp_http/lost: {endpoint: "http://x"}\n',
    'exporters otlp_http/lost is used nowhere',
  ],
  [
    'one that is not defined',
    'exporters: [otlp_grpc/tempo]',
    'exporters: [otlp_grpc/tempo, debug]',
    'exporters debug is not defined',
  ],
  [
    'a connector without an end',
    'receivers: [span_metrics, service_graph]',
    'receivers: [span_metrics]',
    'connector service_graph gives to no pipeline',
  ],
  [
    'memory limited too late',
    'processors: [memory_limiter]',
    'processors: []',
    'pipeline metrics/spans does not limit memory first',
  ],
  ['every interface', '127.0.0.1}:13133', '0.0.0.0}:13133', 'listens on every interface'],
  [
    'a secret',
    'tls: {insecure: true}',
    'tls: {insecure: true}\n    headers: {api_key: swordfish}',
    'holds a secret in the open',
  ],
])('planted: %s', ([, from = '', to = '', fault]) => {
  expect(lintSet([BASE], (text) => text.replace(from, to))).toEqual([fault]);
});
