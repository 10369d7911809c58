import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import {
  type ComposeFile,
  type ComposeService,
  lintCompose,
  mergeCompose,
} from '../support/stack/compose-lint.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const read = (path: string): ComposeFile =>
  parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true }) as ComposeFile;

const versions = Object.fromEntries(
  readFileSync(join(ROOT, 'deploy/versions.env'), 'utf8')
    .split('\n')
    .filter((line) => /^\w+=/u.test(line))
    .map((line) => line.split('=') as [string, string]),
);
const around = { versions, fileExists: (path: string) => existsSync(join(ROOT, path)) };
const base = read('docker-compose.yml');
const overlays = readdirSync(join(ROOT, 'deploy/compose')).filter((name) => name.endsWith('.yml'));

test('docker-compose.yml keeps every rule', () => {
  expect(lintCompose(base, around)).toEqual([]);
});

test('the overlays are those that the documentation names', () => {
  expect(overlays.toSorted()).toEqual([
    'demo.yml',
    'ha.yml',
    'logs.yml',
    'prometheus-alerting.yml',
  ]);
});

test.for(overlays)('docker-compose.yml with %s keeps every rule', (name) => {
  expect(lintCompose(mergeCompose(base, read(`deploy/compose/${name}`)), around)).toEqual([]);
});

test('every version is used by some image, so that none is forgotten', () => {
  const text = ['docker-compose.yml', ...overlays.map((name) => `deploy/compose/${name}`)]
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  expect(Object.keys(versions).filter((name) => !text.includes(`\${${name}:-`))).toEqual([]);
});

test('the second alert service differs from the first in names only', () => {
  const lines = (path: string): string[] =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'));
  const second = lines('deploy/compose/telltale.yaml').map((line) =>
    line.replace('telltale-collector:', 'telltale-collector-2:').replace(':9465', ':9466'),
  );
  // The port inside stays; only the published one differs.
  expect(lines('deploy/compose/telltale-2.yaml')).toEqual(
    second.map((line) => line.replace('telltale-collector-2:9466', 'telltale-collector-2:9465')),
  );
});

describe('planted faults are found', () => {
  const planted = (change: Partial<ComposeService>): readonly string[] => {
    const { prometheus } = base.services;
    const services = { ...base.services, prometheus: { ...prometheus, ...change } };
    return lintCompose({ ...base, services }, around);
  };

  test.for<readonly [Partial<ComposeService>, string]>([
    [
      { image: 'prom/prometheus:latest' },
      'prometheus: image prom/prometheus:latest is not pinned through versions.env',
    ],
    [
      { image: 'prom/prometheus:${PROMETHEUS_TAG:-v2.0.0}' },
      'prometheus: image has tag v2.0.0, versions.env says v3.14.0',
    ],
    [{ ports: ['9090:9090'] }, 'prometheus: publishes 9090:9090 beyond loopback'],
    [{ user: '0:0' }, 'prometheus: lacks a user that is not root'],
    [{ read_only: false }, 'prometheus: lacks read_only'],
    [
      { volumes: ['./nothing.yaml:/x:ro'] },
      'prometheus: mounts ./nothing.yaml, which is not there',
    ],
    [{ volumes: ['./package.json:/x'] }, 'prometheus: mounts ./package.json writable'],
    [{ volumes: ['lost-data:/x'] }, 'prometheus: volume lost-data is not declared'],
    [{ secrets: ['nothing'] }, 'prometheus: secret nothing is not declared'],
    [{ networks: ['elsewhere'] }, 'prometheus: network elsewhere is not declared'],
    [
      { depends_on: { absent: { condition: 'service_started' } } },
      'prometheus: waits for absent, which is no service',
    ],
    [
      { depends_on: { 'otel-collector': { condition: 'service_healthy' } } },
      'prometheus: waits for the health of otel-collector, which has no check',
    ],
    [
      { environment: { ADMIN_PASSWORD: 'swordfish' } },
      'prometheus: ADMIN_PASSWORD holds a secret in the open',
    ],
  ])('%j', ([change, fault]) => {
    expect(planted(change)).toEqual([fault]);
  });
});
