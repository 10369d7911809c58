import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

import { describe, expect, test } from 'vitest';

import { isConfigError } from '../../../collector/src/config/config-error.ts';
import { defaultConfig, loadConfig, parseConfig } from '../../../collector/src/config/load.ts';

function problemsOf(text: string): string[] {
  try {
    parseConfig(text, 'telltale.yaml');
  } catch (error) {
    if (isConfigError(error)) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseConfig()', () => {
  test('fills in every default', () => {
    for (const text of ['', '# nothing\n', 'collector: {}\n']) {
      expect(parseConfig(text, 'f')).toEqual(defaultConfig());
    }
    expect(defaultConfig()).toMatchObject({
      listen: {
        otlp: { host: '127.0.0.1', port: 4328 },
        api: { host: '127.0.0.1', port: 9465 },
        grpc: undefined,
      },
      evaluation: { interval: 60_000, on_arrival: { groups: ['*'], min_gap: 100 } },
      notify: {
        group_by: ['alertname'],
        receivers: [{ name: 'log', type: 'log', send_resolved: true }],
      },
      otlp: { max_body_bytes: 67_108_864, delta: 'to_cumulative' },
    });
  });

  test.for([
    ['{}', 'http://127.0.0.1:9465'],
    ["{api: '127.0.0.1:9000'}", 'http://127.0.0.1:9000'],
    ["{api: '[::1]:9000'}", 'http://[::1]:9000'],
    ["{api: '0.0.0.0:9000'}", `http://${hostname()}:9000`],
    ["{api: '[::]:9465'}", `http://${hostname()}:9465`],
    ["{api: '127.0.0.1:0'}", 'http://127.0.0.1:9465'],
    ["{api: ''}", 'http://127.0.0.1:9465'],
  ])('links of messages lead to listen: %s', ([listen, url]) => {
    const { external_url } = parseConfig(`collector: {listen: ${listen}}`, 'f');
    expect(external_url).toBe(url);
  });

  test('leaves the sections of an application in the same file to it', () => {
    const text =
      'service: {name: shop}\nx-mine: 1\ndrift: {enabled: true}\ncollector: {rules: [a]}\n';
    expect(parseConfig(text, 'f').rules).toEqual(['a']);
    expect(problemsOf('rules: []\n')).toEqual(['telltale.yaml:1:1: rules: Unknown key "rules"']);
  });

  test('reads addresses, durations and receivers', () => {
    const text = `
collector:
  listen: {otlp: '[::1]:0', grpc: 127.0.0.1:4327, api: ''}
  retain_all: 15m
  otlp: {liveness: {}}
  notify:
    receivers:
      - {name: hook, type: webhook, url: 'https://example.com/x', timeout: 3s}
`;
    expect(parseConfig(text, 'f')).toMatchObject({
      listen: {
        otlp: { host: '::1', port: 0 },
        grpc: { host: '127.0.0.1', port: 4327 },
        api: undefined,
      },
      retain_all: 900_000,
      otlp: { liveness: { missed_intervals: 3 } },
      notify: {
        receivers: [
          { name: 'hook', type: 'webhook', timeout: 3000, send_resolved: true, max_alerts: 0 },
        ],
      },
    });
  });

  test('lists every problem with its line, column and path', () => {
    const text = `collector:
  lisen: {}
  listen:
    otlp: localhost
  data_dir: 5
  evaluation: {interval: 0}
  retain_all: 5 minutes
  api_keys:
    - {name: a, scopes: [read]}
    - {name: b, key_env: B, scopes: [everything]}
  notify:
    receivers:
      - {name: x, type: pager}
      - {name: y, type: webhook}
      - {type: log}
other: 1
`;
    expect(problemsOf(text)).toEqual([
      'telltale.yaml:2:3: collector.lisen: Unknown key "lisen"',
      'telltale.yaml:4:5: collector.listen.otlp: Cannot use this value: expected an address such as 127.0.0.1:4328: current value is "localhost"',
      'telltale.yaml:5:3: collector.data_dir: Cannot use this value: expected a file name',
      'telltale.yaml:6:16: collector.evaluation.interval: Cannot use this value: expected a duration above 0',
      'telltale.yaml:7:3: collector.retain_all: Cannot use this value: expected a duration such as 5m or 1h30m: current value is "5 minutes"',
      'telltale.yaml:9:7: collector.api_keys[0]: Cannot use this value: expected either key_file or key_env: a key never stands in this file',
      'telltale.yaml:10:38: collector.api_keys[1].scopes[0]: Cannot use this value: expected one of ingest, read, write, admin',
      'telltale.yaml:13:19: collector.notify.receivers[0].type: Cannot use this value: expected type log or webhook',
      'telltale.yaml:14:9: collector.notify.receivers[1]: Cannot use this value: expected either url or url_file',
      'telltale.yaml:15:9: collector.notify.receivers[2].name: Missing key "name"',
      'telltale.yaml:16:1: other: Unknown key "other"',
    ]);
  });

  test('checks what it is told of fleet drift', () => {
    expect(defaultConfig().drift).toEqual({
      enabled: true,
      interval: 60_000,
      window: 1_800_000,
      limits: { streams: 500, instances: 100, series: 20_000 },
      export: undefined,
      baselines: {
        path: undefined,
        retention: 365 * 86_400_000,
        versions: 20,
        uploads: 100,
        instances_min: 1,
        max_body_bytes: 4_194_304,
      },
    });
    const text = `collector:
  drift:
    interval: 5m
    window: 1m
    exports: {}
`;
    expect(problemsOf(text)).toEqual([
      'telltale.yaml:5:5: collector.drift.exports: Unknown key "exports"',
    ]);
    expect(problemsOf(text.replace('    exports: {}\n', ''))).toEqual([
      'telltale.yaml:2:3: collector.drift: Cannot use this value: expected a window of 1 to 1000 intervals',
    ]);
    expect(problemsOf('collector: {drift: {export: {endpoint: otelcol}}}')).toEqual([
      'telltale.yaml:1:30: collector.drift.export.endpoint: Cannot use this value: expected an http or https URL',
    ]);
    expect(
      problemsOf('collector: {drift: {limits: {streams: 0}, baselines: {versions: x}}}'),
    ).toHaveLength(2);
  });

  test('says where YAML does not parse', () => {
    expect(problemsOf('collector:\n  a: [1\n  b: 2\n')[0]).toMatch(
      /^telltale\.yaml:3:\d+: Cannot parse YAML: /u,
    );
    expect(problemsOf('a: 1\na: 2\n')[0]).toContain('Map keys must be unique');
  });

  test('never repeats what could be a secret', () => {
    const secret = 'hunter2-hunter2';
    const texts = [
      `collector: {api_keys: [{name: a, key: ${secret}, scopes: [read]}]}`,
      `collector: {api_keys: [{name: a, key_file: [${secret}], scopes: [read]}]}`,
      `collector: {notify: {receivers: [{name: a, type: webhook, url: 'ftp://x/${secret}'}]}}`,
      `collector: {notify: {receivers: [{name: a, type: webhook, url: 'http://u:${secret}@h/'}]}}`,
      `collector: {notify: {receivers: ['${secret}']}}`,
      `collector: ${secret}`,
    ];
    for (const text of texts) {
      const problems = problemsOf(text);
      expect(problems).not.toEqual([]);
      expect(problems.join('\n')).not.toContain(secret);
    }
  });

  test('survives any bytes', () => {
    const bytes = readFileSync(process.execPath).subarray(0, 4096).toString('latin1');
    expect(problemsOf(bytes).length).toBeGreaterThan(0);
    expect(problemsOf('[1, 2]').length).toBeGreaterThan(0);
  });
});

test('loadConfig() names a file that is not there', () => {
  expect(() => loadConfig('/nowhere/telltale.yaml')).toThrow(
    '/nowhere/telltale.yaml: Cannot read the configuration: no such file',
  );
});

test('parseConfig() fills in merge keys', () => {
  const { notify } = parseConfig(
    `collector:
  notify:
    receivers:
      - &base {name: a, type: webhook, url: 'http://a.test/', timeout: 3s}
      - <<: *base
        name: b
`,
    'telltale.yaml',
  );
  expect(
    notify.receivers.map(({ name, ...rest }) => [name, 'timeout' in rest && rest.timeout]),
  ).toEqual([
    ['a', 3000],
    ['b', 3000],
  ]);
});
