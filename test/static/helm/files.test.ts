import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { chartFiles } from '../../../deploy/helm/copied-files.ts';
import { exampleFile, featureNames, inputHashes } from '../../../deploy/helm/examples.ts';
import { CHART } from '../../../deploy/helm/places.ts';

/** A ConfigMap and a Secret may hold so much; Helm keeps a release in a Secret, as base64. */
const OBJECT_BYTES_MAX = 2 ** 20;

const held = globSync('files/**/*', { cwd: CHART })
  .filter((path) => statSync(join(CHART, path)).isFile())
  .map((path) => path.slice('files/'.length))
  .sort();

test('the chart holds current copies of what it is made of (else: npm run chart)', () => {
  const sources = chartFiles();
  expect(held).toEqual(Object.keys(sources).sort());
  const stale = held.filter(
    (name) => readFileSync(join(CHART, 'files', name), 'utf8') !== sources[name],
  );
  expect(stale).toEqual([]);
});

test('each dashboard, and all rules together, fit into a ConfigMap', () => {
  const bytes = (pattern: string): number[] =>
    globSync(`files/${pattern}`, { cwd: CHART }).map((path) => statSync(join(CHART, path)).size);
  const dashboards = bytes('dashboards/*.json');
  expect(dashboards.length).toBeGreaterThan(5);
  expect(Math.max(...dashboards)).toBeLessThan(OBJECT_BYTES_MAX / 2);
  expect(bytes('rules/*.yaml').reduce((sum, size) => sum + size, 0)).toBeLessThan(
    OBJECT_BYTES_MAX / 2,
  );
});

test('a release fits into the Secret that Helm keeps it in', () => {
  // A release holds the chart's files, and what they became: so everything twice.
  const texts = globSync('{Chart.yaml,values.*,templates/**/*.*,files/**/*.*,README.md}', {
    cwd: CHART,
  }).map((path) => readFileSync(join(CHART, path), 'utf8'));
  const release = JSON.stringify([...texts.map((text) => btoa(encodeURI(text))), ...texts]);
  expect(gzipSync(release).byteLength * (4 / 3)).toBeLessThan(OBJECT_BYTES_MAX * 0.8);
});

test('every feature has an example, rendered from what the chart is now (else: npm run chart)', () => {
  const rendered = globSync('examples/*/rendered.yaml', { cwd: CHART });
  expect(rendered.map((path) => join(CHART, path)).sort()).toEqual(
    featureNames().map(exampleFile).sort(),
  );
  expect(readFileSync(join(CHART, 'examples/inputs.sha256'), 'utf8')).toBe(inputHashes());
});
