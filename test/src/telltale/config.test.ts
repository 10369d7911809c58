import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { parseOption } from '@telltale/core';

import { OPTIONS } from '../../../src/telltale/src/config/options/options.ts';
import { formatProblem, loadConfig } from '../../../src/telltale/src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function problemsOf(content: string, name: string = 'bad.yaml'): string[] {
  const path = file(name, content);
  const config = loadConfig({ env: { TELLTALE_CONFIG: path }, folder });
  return config.problems.map((problem) => formatProblem(problem, 'f.yaml'));
}

describe('the option table', () => {
  test('every default can be parsed by its own row', () => {
    const broken = OPTIONS.filter((row) => row.default !== undefined).filter(
      (row) => !parseOption(row, row.default ?? '').ok,
    );
    expect(broken).toEqual([]);
  });

  test('names no option twice', () => {
    const envs = OPTIONS.flatMap((row) => row.env ?? []);
    const keys = OPTIONS.map((row) => row.key).filter((key) => key !== '');
    expect(new Set(envs).size).toBe(envs.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('every row can be set somehow', () => {
    expect(OPTIONS.filter((row) => row.key === '' && row.env === undefined)).toEqual([]);
  });
});

describe('loadConfig()', () => {
  const yaml = 'monitoring: { port: 1111 }\nflush: { timeout: 3s }\nservice: { name: from-file }\n';

  test('takes code before environment before file before default', () => {
    const path = file('order.yaml', yaml);
    const config = loadConfig({
      env: {
        TELLTALE_CONFIG: path,
        TELLTALE_MONITORING_PORT: '2222',
        TELLTALE_FLUSH_TIMEOUT_MS: '4s',
      },
      folder,
      code: { 'monitoring.port': '3333' },
    });
    expect(config.problems).toEqual([]);
    const seen = ['monitoring.port', 'flush.timeout', 'service.name', 'onnxruntime.spans'].map(
      (key) => [key, config.get(key), config.origin(key)],
    );
    expect(seen).toEqual([
      ['monitoring.port', 3333, 'code'],
      ['flush.timeout', 4000, 'environment'],
      ['service.name', 'from-file', 'file'],
      ['onnxruntime.spans', 'all', 'default'],
    ]);
  });

  test('finds telltale.yaml in the folder, and JSON is YAML', () => {
    const own = mkdtempSync(join(folder, 'own-'));
    writeFileSync(join(own, 'telltale.json'), '{"service":{"name":"json"}}');
    expect(loadConfig({ env: {}, folder: own }).get('service.name')).toBe('json');
    writeFileSync(join(own, 'telltale.yaml'), 'service: { name: yaml }');
    expect(loadConfig({ env: {}, folder: own }).get('service.name')).toBe('yaml');
  });

  test('an empty variable counts as not set', () => {
    const config = loadConfig({ env: { TELLTALE_SDK: ' ', OTEL_SERVICE_NAME: '' }, folder });
    expect([config.problems, config.origin('sdk'), config.get('service.name')]).toEqual([
      [],
      'default',
      undefined,
    ]);
  });

  test('expands variables, with a fallback', () => {
    const path = file('vars.yaml', `service: { name: "\${WHO}", version: "\${NONE:-1.2}" }`);
    const config = loadConfig({ env: { TELLTALE_CONFIG: path, WHO: 'me' }, folder });
    expect([config.get('service.name'), config.get('service.version')]).toEqual(['me', '1.2']);
  });

  test('keeps the default of an option that cannot be used', () => {
    const config = loadConfig({ env: { TELLTALE_SPAN_CAP: 'many' }, folder });
    expect(config.get('onnxruntime.max_spans_per_parent')).toBe(32);
    expect(config.problems).toHaveLength(1);
  });

  test('never shows the value of a secret', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2', TELLTALE_SDK: 'hunter3' };
    const config = loadConfig({ env, folder });
    expect(config.problems.map(({ path }) => path)).toEqual(['TELLTALE_SDK']);
    expect(JSON.stringify(config.problems)).not.toContain('hunter2');
  });

  test('a file that cannot be read is one problem', () => {
    const config = loadConfig({ env: { TELLTALE_CONFIG: 'absent.yaml' }, folder });
    expect(config.problems).toEqual([
      {
        path: join(folder, 'absent.yaml'),
        message: 'Cannot read the configuration file: ENOENT',
      },
    ]);
  });

  test('an unknown key in code is a problem with the nearest name', () => {
    const config = loadConfig({ env: {}, folder, code: { 'monitoring.prot': '1' } });
    expect(config.problems).toEqual([
      {
        path: 'monitoring.prot',
        message: 'Cannot find an option of this name: the nearest valid name is monitoring.port',
      },
    ]);
  });
});

describe('problems of a file', () => {
  test.for([
    {
      name: 'unknown key',
      text: 'monitoring:\n  prt: 1\n',
      wanted: [
        'f.yaml:2:3 monitoring.prt: Cannot find an option of this name: the nearest valid name is monitoring.port',
      ],
    },
    {
      name: 'wrong type',
      text: 'monitoring:\n  port: high\n',
      wanted: [
        'f.yaml:2:9 monitoring.port: Cannot use it: expected a port from 0 to 65535, 0 for any free one: current value is "high"',
      ],
    },
    {
      name: 'value where keys belong',
      text: 'flush: 3s\n',
      wanted: ['f.yaml:1:1 flush: Cannot use it: expected keys below it'],
    },
    {
      name: 'section of the alert service',
      text: 'collector: {rules: [a.yaml]}\nx-mine: 1\n',
      wanted: [],
    },
    {
      name: 'slip in the name of a section',
      text: 'monitorng: { port: 1 }\n',
      wanted: [
        'f.yaml:1:1 monitorng: Cannot find an option of this name: the nearest valid name is monitoring',
      ],
    },
    {
      name: 'a list at the top',
      text: '- 1\n',
      wanted: ['f.yaml:1:1 Cannot read the file: expected keys and values at the top'],
    },
    {
      name: 'rule without match',
      text: 'onnxruntime:\n  models:\n    - name: a\n',
      wanted: [
        'f.yaml:3:7 onnxruntime.models[0].match: Cannot use it: expected at least one of file, sha256, name, input',
      ],
    },
    {
      name: 'rule with a number for a version',
      text: 'onnxruntime:\n  models:\n    - match: { file: a.onnx }\n      version: 7\n',
      wanted: [
        'f.yaml:4:16 onnxruntime.models[0].version: Cannot use it: expected text; put it in quotes',
      ],
    },
    {
      name: 'output kind',
      text: 'onnxruntime:\n  models:\n    - match: { file: a.onnx }\n      output: { tensor: p, kind: probability }\n',
      wanted: [
        'f.yaml:4:34 onnxruntime.models[0].output.kind: Cannot use it: expected one of probabilities, logits, score, class: current value is "probability"',
      ],
    },
    {
      name: 'a number out of its bounds',
      text: 'drift:\n  window: 20\n  baseline: { size: 20000 }\n',
      wanted: [
        'f.yaml:2:11 drift.window: Cannot use it: expected a number from 100 on: current value is "20"',
        'f.yaml:3:21 drift.baseline.size: Cannot use it: expected a number up to 10000: current value is "20000"',
      ],
    },
    {
      name: 'thresholds in the wrong order',
      text: 'drift: { drift_threshold: 0.2, alert_threshold: 0.1 }\n',
      wanted: [
        'f.yaml:1:49 drift.alert_threshold: Cannot use it: expected at least drift.drift_threshold, which is 0.2: current value is "0.1"',
      ],
    },
    {
      name: 'a promise that is neither records nor time',
      text: 'drift: { false_alarm_every: often }\n',
      wanted: [
        'f.yaml:1:29 drift.false_alarm_every: Cannot use it: expected a number of records or a time such as 30d: current value is "often"',
      ],
    },
    {
      name: 'names of columns that are no lists',
      text: 'drift:\n  columns: { features: age }\n',
      wanted: [
        'f.yaml:2:12 drift.columns: Cannot use it: expected a mapping of names to lists of names, such as {"features": ["age", "income"]}: current value is "{"features":"age"}"',
      ],
    },
    {
      name: 'everything about drift',
      text: 'drift: { inputs: [all], columns: { "m/features": [age, income] }, thinning: auto }\n',
      wanted: [],
    },
    { name: 'nothing at all', text: '', wanted: [] },
  ])('$name', ({ text, wanted }) => {
    expect(problemsOf(text)).toEqual(wanted);
  });

  test('broken YAML is a problem with its place', () => {
    expect(problemsOf('service: { name: [\n')[0]).toMatch(/^f\.yaml:\d+:\d+ /u);
  });

  test('all are listed at once', () => {
    const text = 'monitoring: { prt: 1, port: x }\nflush: 1\nonnxruntime: { spans: some }\n';
    expect(problemsOf(text)).toHaveLength(4);
  });
});
