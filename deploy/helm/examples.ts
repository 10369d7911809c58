import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { chartSources } from './copied-files.ts';
import { CHART, ROOT } from './places.ts';

/** The oldest Kubernetes that the chart supports; `Chart.yaml` says so too. */
export const KUBERNETES_VERSION = '1.30';

/** What clusters with the Prometheus Operator have. */
const OPERATOR_KINDS = ['ServiceMonitor', 'PrometheusRule'].map(
  (kind) => `monitoring.coreos.com/v1/${kind}`,
);

/** A program that `npm run tools:kubernetes` builds; `undefined` when it is not there. */
export function kubernetesTool(name: 'helm' | 'kubectl-validate'): string | undefined {
  const path = execFileSync('sh', [join(ROOT, 'tools/kubernetes.sh'), '--path', name], {
    encoding: 'utf8',
  }).trim();
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

/** Names of the values below `ci/`, one a feature; each is an example too. */
export function featureNames(): readonly string[] {
  return readdirSync(join(CHART, 'ci'))
    .map((name) => /^(?<feature>[a-z0-9-]+)-values\.yaml$/u.exec(name)?.groups?.['feature'])
    .filter((name) => name !== undefined)
    .sort();
}

export const valuesFile = (feature: string): string => join(CHART, `ci/${feature}-values.yaml`);
export const exampleFile = (feature: string): string =>
  join(CHART, `examples/${feature}/rendered.yaml`);

/** What Helm makes of the chart with the values of one feature, in the namespace `telltale`. */
export function renderFeature(helm: string, feature: string): string {
  return execFileSync(
    helm,
    [
      'template',
      'telltale',
      CHART,
      '--namespace',
      'telltale',
      '--values',
      valuesFile(feature),
      '--kube-version',
      KUBERNETES_VERSION,
      ...OPERATOR_KINDS.flatMap((kind) => ['--api-versions', kind]),
    ],
    { encoding: 'utf8', maxBuffer: 64 * 2 ** 20, stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

/**
 * A rendering as it is committed: rules and dashboards are named instead of repeated, and what
 * changes with each version of the chart is left out.
 */
export function asExample(rendered: string): string {
  return rendered
    .split(/^(?=---$)/mu)
    .map(nameFiles)
    .join('')
    .replaceAll(/(checksum\/config: )[0-9a-f]{64}/gu, '$1(sha256)')
    .replaceAll(/(helm\.sh\/chart: ).*/gu, '$1(name and version)')
    .replaceAll(/[ \t]+$/gmu, '');
}

/** Puts the names of copied files in the place of their contents, in one document. */
function nameFiles(document: string): string {
  const sources = chartSources();
  if (document.includes('kind: PrometheusRule')) {
    const rule = /^ {2}name: telltale-(?<rule>[a-z-]+)$/mu.exec(document)?.groups?.['rule'];
    const source = sources[`rules/${rule}.yaml`];
    if (source === undefined) return document;
    return document.replace(
      /^spec:\n[\s\S]*/mu,
      `spec:\n  # The groups of ${source}.\n  groups: []\n`,
    );
  }
  return Object.entries(sources)
    .filter(([name]) => name.includes('/'))
    .reduce((text, [name, source]) => {
      const start = text.indexOf(`\n  ${basename(name)}: |\n`);
      if (start < 0) return text;
      const end = /\n(?! {4}|\n)/u.exec(text.slice(start + 1))?.index ?? text.length;
      const shown = `\n  ${basename(name)}: "(the content of ${source})"`;
      return text.slice(0, start) + shown + text.slice(start + 1 + end);
    }, document);
}

/**
 * A hash of each file that examples are made of, one a line, so that a chart that was changed without
 * rendering them is noticed without Helm. Copied rules and dashboards count by their names only.
 */
export function inputHashes(): string {
  const sources = Object.keys(chartSources());
  const paths = [
    'Chart.yaml',
    'values.yaml',
    ...globSync('templates/**/*.{yaml,tpl}', { cwd: CHART }).sort(),
    ...featureNames().map((feature) => `ci/${feature}-values.yaml`),
    ...sources.filter((name) => !name.includes('/')).map((name) => `files/${name}`),
  ];
  const lines = paths.map((path) => {
    const text = readFileSync(join(CHART, path), 'utf8');
    return `${createHash('sha256').update(text).digest('hex').slice(0, 16)} ${path}`;
  });
  const named = sources.filter((name) => name.includes('/')).map((name) => `files/${name}`);
  return `${[...lines, ...named].join('\n')}\n`;
}
