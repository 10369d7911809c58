import type { Values } from './values.ts';

/** Values that no installation may have, with the place that the refusal names. */
export const BAD_VALUES: readonly {
  readonly what: string;
  readonly values: Values;
  readonly place: string;
}[] = [
  { what: 'an unknown section', values: { alertservice: {} }, place: 'alertservice' },
  {
    what: 'a misspelt key',
    values: { alertService: { persistance: {} } },
    place: 'persistance',
  },
  {
    what: 'several services behind one Collector',
    values: { replicas: 2 },
    place: 'tiers',
  },
  {
    what: 'several services without a Collector that shares out',
    values: { replicas: 2, otelCollector: { enabled: false, tiers: 2 } },
    place: 'enabled',
  },
  { what: 'three tiers', values: { otelCollector: { tiers: 3 } }, place: 'tiers' },
  {
    what: 'an autoscaler without a first tier',
    values: { otelCollector: { tier1: { autoscaling: { enabled: true } } } },
    place: 'tiers',
  },
  { what: 'a text for a number', values: { replicas: '1' }, place: 'replicas' },
  {
    what: 'TLS without a Secret',
    values: { otelCollector: { tls: { enabled: true } } },
    place: 'existingSecret',
  },
  {
    what: 'a key in place of a Secret',
    values: { alertService: { apiKey: { value: 'hunter2' } } },
    place: 'apiKey',
  },
  {
    what: 'no Secret for the API key',
    values: { alertService: { apiKey: { existingSecret: '' } } },
    place: 'existingSecret',
  },
  {
    what: 'the tag latest',
    values: { alertService: { image: { tag: 'latest' } } },
    place: 'tag',
  },
  {
    what: 'half a digest',
    values: { otelCollector: { image: { digest: 'sha256:abc' } } },
    place: 'digest',
  },
  {
    what: 'memory that Go cannot be told',
    values: { otelCollector: { resources: { limits: { memory: '1G' } } } },
    place: 'memory',
  },
  {
    what: 'addresses that the chart decides',
    values: { alertService: { config: { listen: { api: '127.0.0.1:1' } } } },
    place: 'listen',
  },
  {
    what: 'a data folder outside of the volume',
    values: { alertService: { config: { data_dir: '/tmp' } } },
    place: 'data_dir',
  },
  {
    what: 'a Secret in the place of the configuration',
    values: { alertService: { secretMounts: [{ secretName: 'a', mountPath: '/etc/telltale/a' }] } },
    place: 'mountPath',
  },
  {
    what: 'a password in an address',
    values: { otelCollector: { prometheus: { endpoint: 'http://me:secret@prometheus:9090' } } },
    place: 'endpoint',
  },
  {
    what: 'an address with a scheme where none belongs',
    values: { otelCollector: { tempo: { endpoint: 'http://tempo:4317' } } },
    place: 'endpoint',
  },
  {
    what: 'a label that belongs to the chart',
    values: { commonLabels: { 'app.kubernetes.io/name': 'x' } },
    place: 'app.kubernetes.io/name',
  },
  {
    what: 'a rule file without the end of its name',
    values: { rules: { extra: { queues: { groups: [] } } } },
    place: 'queues',
  },
  {
    what: 'a share above 100',
    values: { otelCollector: { samplingPercent: 101 } },
    place: 'samplingPercent',
  },
  {
    what: 'a variable that the chart sets',
    values: { otelCollector: { extraEnv: [{ name: 'GOMEMLIMIT', value: '1GiB' }] } },
    place: 'extraEnv',
  },
  {
    what: 'an interval without a unit',
    values: { serviceMonitor: { interval: '15' } },
    place: 'interval',
  },
  {
    what: 'a name with capitals',
    values: { fullnameOverride: 'Telltale' },
    place: 'fullnameOverride',
  },
  {
    what: 'an empty peer, which would be everybody',
    values: { networkPolicy: { ingressPeers: [{}] } },
    place: 'ingressPeers',
  },
];
