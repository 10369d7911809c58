import { describe, expect, test } from 'vitest';

import { parseConfig } from '../../../collector/src/config/load.ts';
import { checkExposure } from '../../../collector/src/config/settings.ts';
import { featureNames } from '../../../deploy/helm/examples.ts';
import {
  collectorConfigs,
  exampleObjects,
  type KubernetesObject,
  ofKind,
  parseYaml,
  serviceConfig,
  workloads,
} from '../../support/helm/rendered.ts';
import type { Values } from '../../support/helm/values.ts';

const objectsOf = Object.fromEntries(
  featureNames().map((feature) => [feature, exampleObjects(feature)]),
);
const example = (feature: string): readonly KubernetesObject[] => objectsOf[feature] ?? [];
const named = (feature: string, kind: string, name: string): KubernetesObject => {
  const found = ofKind(example(feature), kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name} in ${feature}`);
  return found;
};
const podOf = (feature: string, name: string) => {
  const found = workloads(example(feature)).find(({ object }) => object.metadata.name === name);
  if (found === undefined) throw new Error(`No pods of ${name} in ${feature}`);
  return found.pod;
};

describe.for(featureNames())('the example of %s', (feature) => {
  const objects = example(feature);

  test('runs every pod as an unprivileged user, without a way out', () => {
    expect(workloads(objects).length).toBeGreaterThan(0);
    for (const { pod } of workloads(objects)) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10_001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  test('leads to an alert service that is not ready: it goes on from memory', () => {
    const services = ofKind(objects, 'Service').filter(
      ({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'alert-service',
    );
    expect(services).toHaveLength(2);
    for (const { spec } of services) expect(spec).toMatchObject({ publishNotReadyAddresses: true });
  });

  test('lets every pod start, answer and stop in its time', () => {
    for (const { pod } of workloads(objects).filter(({ object }) => object.kind !== 'Job')) {
      expect(pod.topologySpreadConstraints).toHaveLength(1);
      for (const container of pod.containers) {
        const ports = container.ports.map(({ name }) => name);
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
          expect(ports).toContain((container[probe]['httpGet'] as Values)['port']);
        }
        expect(container.resources.limits?.memory).toMatch(/^\d+(?:Mi|Gi)$/u);
        expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
          container.lifecycle.preStop.sleep.seconds + 15,
        );
      }
    }
  });

  test('mounts only volumes that are there, and uses every one', () => {
    for (const { object, pod } of workloads(objects)) {
      const claims = (object.spec['volumeClaimTemplates'] ?? []) as readonly {
        metadata: { name: string };
      }[];
      const there = [
        ...pod.volumes.map(({ name }) => String(name)),
        ...claims.map(({ metadata }) => metadata.name),
      ];
      const used = pod.containers.flatMap(({ volumeMounts }) =>
        volumeMounts.map(({ name }) => name),
      );
      expect(there.sort()).toEqual(used.sort());
    }
  });

  test('sends every Service to pods and ports that exist', () => {
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const selector = Object.entries(spec['selector'] as Record<string, string>);
      const behind = workloads(objects).filter(({ object }) => {
        const template = object.spec['template'] as { metadata: KubernetesObject['metadata'] };
        return selector.every(([key, value]) => template.metadata.labels[key] === value);
      });
      expect([metadata.name, behind.length]).toEqual([metadata.name, 1]);
      const ports = behind[0]?.pod.containers.flatMap((container) => container.ports) ?? [];
      for (const { targetPort } of spec['ports'] as readonly { targetPort: string }[]) {
        expect(ports.map(({ name }) => name)).toContain(targetPort);
      }
    }
  });

  test('configures the alert service as it can be started', () => {
    const config = parseConfig(serviceConfig(objects), 'telltale.yaml');
    checkExposure(config, 'telltale.yaml');
    expect({ data: config.data_dir, rules: config.rules, keys: config.api_keys.length }).toEqual({
      data: '/data',
      rules: ['rules/*.yaml'],
      keys: 1,
    });
    expect(config.listen).toMatchObject({ otlp: { port: 4328 }, api: { port: 9465 } });
  });

  test('configures each Collector completely, with memory limited first', () => {
    for (const text of Object.values(collectorConfigs(objects))) {
      const config = parseYaml(text) as Record<string, Values> & {
        service: { extensions: string[]; pipelines: Record<string, Record<string, string[]>> };
      };
      const pipelines = Object.values(config.service.pipelines);
      expect(pipelines.map(({ processors }) => processors?.[0])).toEqual(
        pipelines.map(() => 'memory_limiter'),
      );
      const kinds = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'];
      const defined = kinds.flatMap((kind) => Object.keys(config[kind] ?? {}));
      const used = new Set([
        ...config.service.extensions,
        ...pipelines.flatMap((pipeline) => Object.values(pipeline).flat()),
      ]);
      expect([...used].sort()).toEqual([...new Set(defined)].sort());
      expect(text).not.toContain('0.0.0.0');
      expect(defined).not.toContain('batch');
    }
  });

  test('names no secret, and takes images by version', () => {
    expect(ofKind(objects, 'Secret')).toEqual([]);
    for (const { pod } of workloads(objects)) {
      for (const { image } of pod.containers) {
        expect(image).toMatch(/:\d+\.\d+\.\d+(?:@sha256:[0-9a-f]{64})?$/u);
      }
    }
  });
});

describe('features', () => {
  test('two tiers: each Collector of the second has the service of its own number', () => {
    const second = podOf('two-tiers', 'telltale-otel-collector-tier2');
    const env = Object.fromEntries(
      (second.containers[0]?.env ?? []).map(({ name, ...rest }) => [name, rest]),
    );
    expect(env['POD_INDEX']).toEqual({
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
    });
    expect(env['TELLTALE_OTLP']?.value).toBe('http://telltale-$(POD_INDEX).telltale-headless:4328');
    expect(named('two-tiers', 'StatefulSet', 'telltale').spec).toMatchObject({
      replicas: 2,
      serviceName: 'telltale-headless',
    });
    expect(
      named('two-tiers', 'StatefulSet', 'telltale-otel-collector-tier2').spec['replicas'],
    ).toBe(2);
    expect(named('two-tiers', 'Service', 'telltale-otel-collector-tier2').spec).toMatchObject({
      clusterIP: 'None',
    });
    const first = podOf('two-tiers', 'telltale-otel-collector').containers[0]?.env ?? [];
    expect(first).toContainEqual({ name: 'TIER2_HOST', value: 'telltale-otel-collector-tier2' });
  });

  test('an autoscaler decides how many Collectors the first tier has, and nothing else does', () => {
    const first = named('hpa', 'Deployment', 'telltale-otel-collector');
    expect(first.spec).not.toHaveProperty('replicas');
    expect(ofKind(example('hpa'), 'HorizontalPodAutoscaler').map(({ spec }) => spec)).toMatchObject(
      [{ minReplicas: 2, maxReplicas: 6, scaleTargetRef: { name: 'telltale-otel-collector' } }],
    );
    expect(named('two-tiers', 'Deployment', 'telltale-otel-collector').spec['replicas']).toBe(2);
  });

  test('a budget stands only where there are several pods', () => {
    const names = (feature: string): readonly string[] =>
      ofKind(example(feature), 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
    expect(names('minimal')).toEqual([]);
    expect(names('pdb')).toEqual([
      'telltale-alert-service',
      'telltale-otel-collector',
      'telltale-otel-collector-tier2',
    ]);
  });

  test('volumes stay where they were asked for', () => {
    const claims = (feature: string, name: string): unknown =>
      named(feature, 'StatefulSet', name).spec['volumeClaimTemplates'];
    expect(claims('persistence', 'telltale')).toMatchObject([
      { spec: { storageClassName: 'fast', resources: { requests: { storage: '20Gi' } } } },
    ]);
    expect(claims('persistence', 'telltale-otel-collector')).toBeUndefined();
    expect(claims('no-persistence', 'telltale')).toBeUndefined();
    expect(claims('no-persistence', 'telltale-otel-collector')).toMatchObject([
      { spec: { storageClassName: '' } },
    ]);
    expect(claims('minimal', 'telltale')).not.toHaveProperty('0.spec.storageClassName');
  });

  test('TLS stands where applications send to: at the only tier, or at the first', () => {
    const receivers = (feature: string, name: string): string =>
      JSON.stringify(parseYaml(collectorConfigs(example(feature))[name] ?? '')['receivers']);
    expect(receivers('tls', 'telltale-otel-collector')).toContain('client_ca_file');
    expect(receivers('tls-two-tiers', 'telltale-otel-collector')).toContain('client_ca_file');
    expect(receivers('tls-two-tiers', 'telltale-otel-collector-tier2')).not.toContain('tls');
    expect(serviceConfig(example('tls'))).not.toContain('export');
  });

  test('null takes a part out', () => {
    const texts = Object.values(collectorConfigs(example('no-trace-store')));
    expect(texts).toHaveLength(1);
    expect(texts.join('')).not.toMatch(/tempo|tail_sampling|traces\/store|: null/u);
    expect(texts.join('')).toContain('traces/red');
  });

  test('Go is told four fifths of the memory', () => {
    const limits = workloads(example('two-tiers')).flatMap(({ pod }) =>
      pod.containers.flatMap(({ env, resources }) => {
        const told = env?.find(({ name }) => name === 'GOMEMLIMIT')?.value;
        return told === undefined ? [] : [`${resources.limits?.memory} ${told}`];
      }),
    );
    expect(limits.sort()).toEqual(['1Gi 819MiB', '512Mi 409MiB']);
  });

  test('a policy lets in telemetry and queries, and out what is needed', () => {
    const policy = named('networkpolicy', 'NetworkPolicy', 'telltale');
    const { ingress, egress } = policy.spec as Record<string, readonly Values[]>;
    expect(ingress?.map(({ ports }) => (ports as Values[]).map(({ port }) => port))).toEqual([
      ['otlp-grpc', 'otlp-http', 'api', 'metrics'],
    ]);
    expect(
      egress?.map(({ ports }) => (ports as Values[] | undefined)?.map((p) => p['port'])),
    ).toEqual([undefined, [53, 53], [443], [4317], [443], [25]]);
  });

  test('an operator finds each Service once, and shows the key of the service', () => {
    const monitors = ofKind(example('servicemonitor'), 'ServiceMonitor');
    const services = ofKind(example('servicemonitor'), 'Service');
    const found = monitors.map(({ spec }) => {
      const { matchLabels, matchExpressions } = spec['selector'] as {
        matchLabels: Record<string, string>;
        matchExpressions: readonly { key: string; operator: string; values?: string[] }[];
      };
      return services
        .filter(({ metadata: { labels } }) =>
          Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
        )
        .filter(({ metadata: { labels } }) =>
          matchExpressions.every(({ key, operator, values }) =>
            operator === 'In' ? values?.includes(labels[key] ?? '') : !(key in labels),
          ),
        )
        .map(({ metadata }) => metadata.name);
    });
    expect(found).toEqual([['telltale'], ['telltale-otel-collector']]);
    expect(JSON.stringify(monitors[0]?.spec?.['endpoints'])).toContain('"telltale-api-key"');
    expect(ofKind(example('servicemonitor'), 'PrometheusRule').length).toBeGreaterThan(5);
  });

  test('dashboards carry the label that the sidecar looks for', () => {
    const boards = ofKind(example('dashboards'), 'ConfigMap').filter(
      ({ metadata }) => metadata.labels['grafana_dashboard'] === '1',
    );
    expect(boards.length).toBeGreaterThan(5);
    expect(new Set(boards.map(({ metadata }) => metadata.name)).size).toBe(boards.length);
  });

  test('before an upgrade a job checks what the service would be given, in its surroundings', () => {
    const job = named('receivers', 'Job', 'watch-check');
    expect(job.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-upgrade' });
    const [checked, served] = [podOf('receivers', 'watch-check'), podOf('receivers', 'watch')];
    expect(checked.containers[0]?.args).toEqual([
      'check',
      '--config',
      '/etc/telltale/telltale.yaml',
    ]);
    expect(checked.containers[0]?.image).toBe(served.containers[0]?.image);
    // The same but for the names of the ConfigMaps, which exist before the upgrade does.
    const renamed = JSON.stringify(checked.volumes).replaceAll('"watch-check', '"watch');
    expect(JSON.parse(renamed)).toEqual(served.volumes);
    for (const name of ['watch-check', 'watch-check-rules']) {
      const { metadata, data } = named('receivers', 'ConfigMap', name);
      expect(metadata.annotations).toMatchObject({
        'helm.sh/hook': 'pre-upgrade',
        'helm.sh/hook-weight': '-5',
      });
      expect(data).toEqual(named('receivers', 'ConfigMap', name.replace('-check', '')).data);
    }
    expect(ofKind(example('no-persistence'), 'Job')).toEqual([]);
  });

  test('without a Collector nothing of one is left', () => {
    expect(JSON.stringify(example('alert-service-only'))).not.toContain('otel-collector');
  });
});
