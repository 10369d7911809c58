import { readFileSync } from 'node:fs';

import { parse, parseAllDocuments } from 'yaml';

import { exampleFile } from '../../../deploy/helm/examples.ts';
import { isMap, type Values } from './values.ts';

/** The parts of a Kubernetes object that tests look at. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: Values;
}

export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly limits?: { readonly memory?: string } };
  readonly securityContext: Values;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Values;
  readonly readinessProbe: Values;
  readonly livenessProbe: Values;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

export interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Values;
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints: readonly Values[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Values[];
}

/** @throws {Error} when a document cannot be parsed */
export function parseObjects(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text, { merge: true })
    .map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS() as KubernetesObject | null;
    })
    .filter((object) => object !== null);
}

export const exampleObjects = (feature: string): readonly KubernetesObject[] =>
  parseObjects(readFileSync(exampleFile(feature), 'utf8'));

export const ofKind = (
  objects: readonly KubernetesObject[],
  ...kinds: readonly string[]
): readonly KubernetesObject[] => objects.filter(({ kind }) => kinds.includes(kind));

/** Everything that runs pods, with the pod. */
export function workloads(
  objects: readonly KubernetesObject[],
): readonly { readonly object: KubernetesObject; readonly pod: PodSpec }[] {
  return ofKind(objects, 'StatefulSet', 'Deployment', 'Job').map((object) => {
    const template = object.spec['template'];
    if (!isMap(template)) throw new Error(`${object.metadata.name} has no template`);
    return { object, pod: template['spec'] as PodSpec };
  });
}

/** Configurations of OTel Collectors by the name of their ConfigMap, as text. */
export function collectorConfigs(
  objects: readonly KubernetesObject[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ofKind(objects, 'ConfigMap').flatMap(({ metadata, data }) =>
      data?.['config.yaml'] === undefined ? [] : [[metadata.name, data['config.yaml']]],
    ),
  );
}

/** The alert service's `telltale.yaml`; the check before an upgrade has the same one. */
export function serviceConfig(objects: readonly KubernetesObject[]): string {
  const found = new Set(
    ofKind(objects, 'ConfigMap').flatMap(({ data }) => data?.['telltale.yaml'] ?? []),
  );
  const [config] = found;
  if (config === undefined || found.size > 1)
    throw new Error(`${found.size} kinds of telltale.yaml`);
  return config;
}

export const parseYaml = (text: string): Values => parse(text) as Values;
