import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { DashboardJson } from '../../grafana/src/check/dashboard-queries.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { peerProgramOrWarn } from '../support/peer-program.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const percli = peerProgramOrWarn('percli', 'dashboards read by Perses');
const composeSpec = peerProgramOrWarn('compose-spec', 'docker-compose.yml read by compose-go');
const vmalert = peerProgramOrWarn('vmalert', 'rule files read by vmalert');
const folder = useOwnTemporaryFolder();
const DASHBOARDS = readdirSync(join(ROOT, 'grafana/dashboards'));

const run = (program: string | undefined, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program ?? '', args, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

interface PersesDashboard {
  readonly spec: {
    readonly display: { readonly name: string };
    readonly variables: readonly { readonly spec: { readonly name: string } }[];
    readonly panels: Readonly<
      Record<string, { readonly spec: { readonly display: { readonly name: string } } }>
    >;
    readonly layouts: readonly { readonly spec: { readonly items: readonly unknown[] } }[];
  };
}

/** Perses has no folder of ours with panel types, so it reads everything but how a panel is drawn. */
describe.skipIf(percli === undefined)('percli migrate', () => {
  test.for(DASHBOARDS)('%s: every row, panel and variable', (name) => {
    const plugins = join(folder, 'plugins');
    mkdirSync(plugins, { recursive: true });
    const path = join(ROOT, 'grafana/dashboards', name);
    const { status, stdout } = run(percli, [
      'migrate',
      '-f',
      path,
      '--use-default-datasource',
      '-o',
      'json',
      '--plugin.path',
      plugins,
    ]);
    expect(status).toBe(0);
    const { spec } = JSON.parse(stdout) as PersesDashboard;
    const ours = JSON.parse(readFileSync(path, 'utf8')) as DashboardJson;
    const panels = ours.panels.filter(({ type }) => type !== 'row');
    expect({
      title: spec.display.name,
      panels: Object.values(spec.panels)
        .map((panel) => panel.spec.display.name)
        .toSorted(),
      placed: spec.layouts.flatMap((layout) => layout.spec.items).length,
      variables: spec.variables.map((variable) => variable.spec.name),
    }).toEqual({
      title: ours.title,
      panels: panels.map(({ title }) => title).toSorted(),
      placed: panels.length,
      variables: ours.templating.list.map((variable) => variable.name),
    });
  });

  test('refuses what is no dashboard', () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"panels": 3}');
    expect(run(percli, ['migrate', '-f', path, '--plugin.path', folder]).status).not.toBe(0);
  });
});

describe.skipIf(composeSpec === undefined)('compose-go', () => {
  const overlays = readdirSync(join(ROOT, 'deploy/compose')).filter((name) =>
    name.endsWith('.yml'),
  );

  test.for(['', ...overlays])('accepts docker-compose.yml with %s', (overlay) => {
    const files = ['docker-compose.yml', ...(overlay === '' ? [] : [`deploy/compose/${overlay}`])];
    expect(run(composeSpec, files)).toMatchObject({ status: 0, stderr: '' });
  });

  test('refuses a misspelt key, and names it', () => {
    const path = join(folder, 'planted.yml');
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    writeFileSync(path, text.replace('mem_limit: 256m', 'mem_limits: 256m'));
    const { status, stdout, stderr } = run(composeSpec, [path]);
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain('mem_limits');
  });
});

describe.skipIf(vmalert === undefined)('vmalert', () => {
  const rules = join(ROOT, 'deploy/prometheus/rules');
  const files = readdirSync(rules).filter((name) => name.endsWith('.yaml'));

  test.for(files)('accepts %s as it is', (name) => {
    const { status, stderr } = run(vmalert, [`-rule=${join(rules, name)}`, '-dryRun']);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('refuses a broken expression', () => {
    const path = join(folder, 'broken.yaml');
    writeFileSync(path, 'groups: [{name: a, rules: [{record: b, expr: "sum by ("}]}]\n');
    expect(run(vmalert, [`-rule=${path}`, '-dryRun']).status).not.toBe(0);
  });
});
