import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  asExample,
  exampleFile,
  featureNames,
  KUBERNETES_VERSION,
  kubernetesTool,
  renderFeature,
  valuesFile,
} from '../../deploy/helm/examples.ts';
import { CHART, ROOT } from '../../deploy/helm/places.ts';
import { BAD_VALUES } from '../support/helm/bad-values.ts';
import { collectorConfigs, parseObjects, workloads } from '../support/helm/rendered.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const helm = kubernetesTool('helm');
const kubectlValidate = kubernetesTool('kubectl-validate');
const otelcol = referenceBinaryOrWarn('otelcol', 'the Collectors of the chart in a real one');
const CHECKS = 4 * featureNames().length + BAD_VALUES.length + 4;
if (helm === undefined || kubectlValidate === undefined) {
  process.stderr.write(
    `SKIPPED: ${CHECKS} checks of the chart: run "npm run tools:kubernetes" (it needs Go)\n`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'telltale-chart-'));
const rendered = new Map<string, string>();
const run = (program: string | undefined, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program ?? '', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

beforeAll(() => {
  if (helm === undefined) return;
  for (const feature of featureNames()) {
    const text = renderFeature(helm, feature);
    rendered.set(feature, text);
    writeFileSync(join(folder, `${feature}.yaml`), text);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(helm === undefined)('Helm', () => {
  test.for(featureNames())('finds nothing to complain about in %s', (feature) => {
    const { status, output } = run(helm, 'lint', '--strict', CHART, '-f', valuesFile(feature));
    expect(output).not.toMatch(/\[(?:ERROR|WARNING)\]/u);
    expect(status).toBe(0);
  });

  test.for(featureNames())('renders %s as it is committed (else: npm run chart)', (feature) => {
    expect(asExample(rendered.get(feature) ?? '')).toBe(readFileSync(exampleFile(feature), 'utf8'));
  });

  test.for(BAD_VALUES)('refuses $what', ({ values, place }) => {
    const path = join(folder, 'bad.yaml');
    writeFileSync(path, JSON.stringify(values));
    const { status, output } = run(helm, 'template', 'telltale', CHART, '-f', path);
    expect(status).not.toBe(0);
    expect(output).toContain(place);
  });

  test.for([
    ['serviceMonitor', 'ServiceMonitor'],
    ['prometheusRule', 'PrometheusRule'],
  ])('%s says that the cluster lacks the kind', ([key, kind]) => {
    const { status, output } = run(helm, 'template', 't', CHART, '--set', `${key}.enabled=true`);
    expect(status).not.toBe(0);
    expect(output).toContain(`${key}.enabled needs the Prometheus Operator's ${kind}`);
  });

  test('says that a stop needs more time than it is given', () => {
    const { status, output } = run(
      helm,
      'template',
      't',
      CHART,
      '--set',
      'alertService.terminationGracePeriodSeconds=20',
    );
    expect(status).not.toBe(0);
    expect(output).toContain('15 s that a stop takes at most need more than 20: raise it');
  });

  test('makes names that Kubernetes can make pods of, however long the name of the release', () => {
    const release = `${'a-long-name-'.repeat(4)}end`;
    const { status, output } = run(helm, 'template', release, CHART, '-f', valuesFile('two-tiers'));
    expect(status).toBe(0);
    const names = parseObjects(output)
      .filter(({ kind }) => kind === 'StatefulSet')
      .map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(2);
    // Its revision goes into a label of 63 characters.
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(52);
  });

  test('packs the chart without examples', () => {
    const { status } = run(helm, 'package', CHART, '--destination', folder);
    expect(status).toBe(0);
    const listed = execFileSync('tar', ['tzf', join(folder, 'telltale-0.1.0.tgz')]).toString();
    expect(listed).toContain('telltale/files/dashboards/telltale-drift.json');
    expect(listed).not.toMatch(/\/(?:ci|examples)\//u);
  });
});

describe.skipIf(helm === undefined || kubectlValidate === undefined)('Kubernetes', () => {
  const crds = execFileSync('sh', [join(ROOT, 'tools/kubernetes.sh'), '--path', 'crds'], {
    encoding: 'utf8',
  }).trim();
  const validate = (path: string) =>
    run(kubectlValidate, '--version', KUBERNETES_VERSION, '--local-crds', crds, path);

  test.for(featureNames())('takes every object of %s', (feature) => {
    const { status, output } = validate(join(folder, `${feature}.yaml`));
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  test.for([
    ['minimal', 'readinessProbe:', 'readynessProbe:', 'readynessProbe'],
    ['servicemonitor', 'endpoints:', 'endpoint:', 'endpoint'],
  ] as const)('refuses %s with %s misspelt', ([feature, right, wrong, place]) => {
    const path = join(folder, 'misspelt.yaml');
    writeFileSync(path, (rendered.get(feature) ?? '').replace(right, wrong));
    const { status, output } = validate(path);
    expect(status).not.toBe(0);
    expect(output).toContain(place);
  });
});

describe.skipIf(helm === undefined || otelcol === undefined)('the OTel Collector', () => {
  test.for(featureNames())('takes every configuration of %s', (feature) => {
    const objects = parseObjects(rendered.get(feature) ?? '');
    for (const [name, text] of Object.entries(collectorConfigs(objects))) {
      const place = join(folder, feature, name);
      mkdirSync(join(place, 'secrets'), { recursive: true });
      writeFileSync(join(place, 'config.yaml'), text.replaceAll('/etc/otelcol/', `${place}/`));
      writeFileSync(join(place, 'secrets/api-key'), 'a-key');
      const pod = workloads(objects).find(({ object }) => object.metadata.name === name)?.pod;
      // As the pod would have it; what the cluster fills in is an address and a name.
      const env = (pod?.containers[0]?.env ?? []).map(({ name: key, value }) => [
        key,
        value ?? '127.0.0.1',
      ]);
      const args = (pod?.containers[0]?.args ?? []).map((argument) =>
        argument.replace('/etc/otelcol/', `${place}/`),
      );
      const { status, stderr } = spawnSync(otelcol ?? '', ['validate', ...args], {
        encoding: 'utf8',
        env: Object.fromEntries(env) as Record<string, string>,
      });
      expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
    }
  });
});
