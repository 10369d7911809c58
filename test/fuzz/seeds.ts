import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AlertmanagerFileOptions } from '../../collector/src/config/alertmanager/load.ts';
import { Labels } from '../../collector/src/model/labels.ts';
import { prometheusFunctions } from '../../collector/src/model/template/functions/prometheus.ts';
import { RetentionPlan } from '../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../collector/src/storage/series-store.ts';
import { metricsBody } from '../support/collector/alert-service.ts';
import { encodeOtlp } from '../support/otlp/otlp-proto.ts';

export const NOW_MS = 1_700_000_000_000;

const attribute = (key: string, value: object): object => ({ key, value });
const nanos = `${NOW_MS}000000`;
const attributes = [
  attribute('route', { stringValue: '/a' }),
  attribute('code', { intValue: '200' }),
  attribute('list', { arrayValue: { values: [{ boolValue: true }, { doubleValue: 1.5 }] } }),
];

/** One request with every kind of point. */
const EVERYTHING = {
  resourceMetrics: [
    {
      resource: { attributes: [attribute('service.name', { stringValue: 'shop' })] },
      scopeMetrics: [
        {
          scope: { name: 's', version: '1' },
          metrics: [
            {
              name: 'g',
              unit: 'By',
              gauge: { dataPoints: [{ asDouble: 1, timeUnixNano: nanos, attributes }] },
            },
            {
              name: 's',
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: [
                  { asInt: '5', timeUnixNano: nanos, startTimeUnixNano: nanos, attributes },
                ],
              },
            },
            {
              name: 'h',
              histogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    count: '6',
                    sum: 9,
                    bucketCounts: ['1', '2', '3'],
                    explicitBounds: [1, 2],
                    timeUnixNano: nanos,
                    attributes,
                  },
                ],
              },
            },
            {
              name: 'e',
              exponentialHistogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    count: '6',
                    sum: 9,
                    scale: 3,
                    zeroCount: '1',
                    positive: { offset: 1, bucketCounts: ['2', '3'] },
                    negative: { offset: -4, bucketCounts: ['1'] },
                    timeUnixNano: nanos,
                  },
                ],
              },
            },
            {
              name: 'q',
              summary: {
                dataPoints: [
                  {
                    count: '2',
                    sum: 3,
                    quantileValues: [{ quantile: 0.5, value: 1 }],
                    timeUnixNano: nanos,
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};

export const METRICS: readonly Uint8Array[] = [
  encodeOtlp('ExportMetricsServiceRequest', EVERYTHING),
  metricsBody([{ name: 'up', value: 1, timeMs: NOW_MS, attributes: { a: 'b' } }]),
];

export const METRICS_JSON: readonly Uint8Array[] = [
  new TextEncoder().encode(JSON.stringify(EVERYTHING)),
];

export const FRAMES: readonly Uint8Array[] = METRICS.map((message) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
});

/** A store of its own for each request, so that nothing adds up. */
export function createSink(): SeriesStore {
  const retention = new RetentionPlan([], { retainAllMs: 60_000, marginMs: 0 });
  const store = new SeriesStore({ retention });
  store.advanceTo(NOW_MS);
  return store;
}

export const SERIES: readonly Readonly<Record<string, string>>[] = [
  { __name__: 'up', job: 'a', instance: 'x' },
  { __name__: 'up', job: 'b', instance: 'y' },
  { __name__: 'errors_total', job: 'a', code: '500' },
  ...['0.1', '1', '+Inf'].map((le) => ({ __name__: 'h_bucket', job: 'a', le })),
];

export const EXPRESSIONS: readonly string[] = [
  'sum by (job) (rate(errors_total{code=~"5.."}[5m])) / ignoring (code) group_left () up > 0.1',
  'histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m] offset 1m)))',
  'max_over_time(avg_over_time(up[1m])[10m:30s]) unless on (job) absent(up{job="c"})',
  'label_replace(topk(2, up), "a", "$1", "job", "(.*)") or vector(time())',
  '-up ^ 2 % 3 == bool 1 and quantile(0.5, up) @ 1700000000',
  'count_values("v", up) + on () scalar(sum(up)) # comment',
  '{"up", job!~"a|b"}[5m] @ start()',
  'predict_linear(errors_total[5m], 0x1F) >= 1e3 or 1h30m > bool Inf',
];
export const PROMQL_PIECES: readonly string[] = [
  ...Array.from('()[]{}"\'`,:=~!<>+-*/%^@#\\ \n0159.eEx_é😀'),
  ...' by | on | group_left | offset | bool | and | or | unless |sum|rate|up|[5m]|1h|0x|(('.split(
    '|',
  ),
  ...'{a="b"}|Inf|NaN|\\u00e9| @ end()|histogram_quantile(|label_replace('.split('|'),
];

export const ALERTMANAGER: readonly string[] = [
  `global: {resolve_timeout: 5m, smtp_smarthost: 'localhost:25', smtp_from: a@example.com}
route:
  receiver: team
  group_by: [alertname, job]
  group_wait: 10s
  routes:
    - matchers: [severity="page", 'job=~"a|b"']
      receiver: hook
      continue: true
      mute_time_intervals: [nights]
inhibit_rules:
  - source_matchers: [severity = critical]
    target_matchers: [severity = warning]
    equal: [job]
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}]
        weekdays: ['monday:friday']
        months: ['january:march']
        location: Europe/Berlin
receivers:
  - name: team
    email_configs: [{to: 'a@example.com', headers: {subject: '{{ .CommonLabels.alertname }}'}}]
  - name: hook
    webhook_configs: [{url: 'http://localhost:9/', send_resolved: false, max_alerts: 5}]
    slack_configs: [{api_url: 'http://localhost:9/', channel: '#a', title: '{{ template "x" . }}'}]
`,
];
export const ALERTMANAGER_OPTIONS: AlertmanagerFileOptions = {
  file: 'alertmanager.yml',
  folder: join(import.meta.dirname, 'nothing-here'),
  ignoresUnsupported: true,
};

export const TEMPLATES: readonly string[] = [
  '{{ $labels.job }} is at {{ $value | humanize }} ({{ printf "%08.3f" $value }})',
  '{{ range query "up" }}{{ .Labels.job }}={{ .Value }} {{ else }}none{{ end }}',
  '{{ with first (query "up") }}{{ .Value | humanizePercentage }}{{ end }}{{/* c */}}',
  '{{ if and (gt $value 1.0) (ne $labels.job "b") }}{{ "a\\nb" | toUpper }}{{ end }}',
  '{{ define "x" }}{{ . }}{{ end }}{{ template "x" $labels }}{{- $x := 1 -}}{{ $x }}',
  '{{ reReplaceAll "(a+)+$" "x" $labels.instance }}{{ $value | humanizeDuration }}',
];
export const TEMPLATE_PIECES: readonly string[] = [
  ..."{{ }} {{- -}} | ( ) $ . \" ` := = , 'a' 1 0x1p4 range end if else with define".split(' '),
  ...'template break continue nil index printf len slice html query %s %v %#x %+q'.split(' '),
  ' ',
  '%99999d',
  '$labels',
  '$value',
  'range ',
  'with ',
];
export const FUNCTIONS: ReturnType<typeof prometheusFunctions> = prometheusFunctions({
  query: () => SERIES.map((labels) => ({ labels: Labels.of(labels), value: 1 })),
  nowMs: NOW_MS,
  externalUrl: 'http://localhost',
});

export const CSV: readonly string[] = [
  'a,b,c\n1,2.5,"x ""y"" z"\n3,,\n',
  'a;b\r\n"1\n2";3\r\n',
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8').slice(0, 500),
];
