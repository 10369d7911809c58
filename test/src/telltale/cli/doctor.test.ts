import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { checkConfig } from '../../../../src/telltale/src/cli/commands/config-check.ts';
import { doctor } from '../../../../src/telltale/src/cli/commands/doctor.ts';
import { checkCommand } from '../../../../src/telltale/src/cli/doctor/command.ts';
import { checkFlags, preloadsOf } from '../../../../src/telltale/src/cli/doctor/flags.ts';
import { checkEsmHook, checkNode } from '../../../../src/telltale/src/cli/doctor/node.ts';
import {
  checkOrt,
  checkOtel,
  findPackages,
} from '../../../../src/telltale/src/cli/doctor/packages.ts';
import { checkPhoneHome } from '../../../../src/telltale/src/cli/doctor/phone-home.ts';
import { startOtlpSink } from '../../../support/otlp-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A project with these packages, by path below node_modules. */
function project(name: string, packages: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [path, version] of Object.entries(packages)) {
    mkdirSync(join(root, 'node_modules', path), { recursive: true });
    writeFileSync(join(root, 'node_modules', path, 'package.json'), JSON.stringify({ version }));
  }
  return root;
}

test.for([
  { version: '22.14.0', node: 'fail', hook: 'warn' },
  { version: '22.15.0', node: 'ok', hook: 'warn' },
  { version: '22.22.3', node: 'ok', hook: 'ok' },
  { version: '24.11.0', node: 'ok', hook: 'warn' },
  { version: '24.11.1', node: 'ok', hook: 'ok' },
  { version: '25.0.0', node: 'ok', hook: 'warn' },
  { version: '26.10.0', node: 'ok', hook: 'ok' },
])('Node.js $version', ({ version, node, hook }) => {
  expect([checkNode(version).status, checkEsmHook(version).status]).toEqual([node, hook]);
});

const AUTO = '@opentelemetry/auto-instrumentations-node/register';

describe('flags', () => {
  test('preloadsOf() puts every --require before every --import, as Node.js does', () => {
    const words = ['node', '--import', 'a', '-r', 'b', '--require=c', '--import=d', 'app.js'];
    expect(preloadsOf(words).map(({ module }) => module)).toEqual(['b', 'c', 'a', 'd']);
  });

  test.for([
    { command: ['node', 'app.js'], options: undefined, status: 'warn', text: 'is not among them' },
    {
      command: ['node', '--require', 'telltale/register', 'app.js'],
      options: undefined,
      status: 'ok',
      text: 'Telltale runs the SDK',
    },
    {
      command: ['node', 'app.js'],
      options: '--require telltale/register',
      status: 'ok',
      text: 'Telltale runs the SDK',
    },
    {
      command: ['node', '--import', 'telltale/register', '--import', AUTO],
      options: undefined,
      status: 'ok',
      text: 'auto-instrumentations-node runs the SDK',
    },
    {
      command: ['node', '--import', 'telltale/register', '--require', AUTO],
      options: undefined,
      status: 'warn',
      text: 'use one of the two',
    },
  ])('$command with NODE_OPTIONS=$options', ({ command, options, status, text }) => {
    const check = checkFlags(command, options);
    expect(check.status).toBe(status);
    expect(check.message).toContain(text);
  });
});

describe('packages', () => {
  const names = ['@opentelemetry/api', 'onnxruntime-node', 'onnxruntime-common'];

  test('findPackages() finds nested copies with their versions', () => {
    const root = project('nested', {
      '@opentelemetry/api': '1.10.0',
      'onnxruntime-node': '1.30.0',
      'other/node_modules/onnxruntime-node': '1.17.3',
    });
    const tree = findPackages(root, names);
    expect(tree.isComplete).toBe(true);
    const found = tree.copies.map(({ name, version }) => `${name} ${version}`);
    expect(found).toEqual([
      '@opentelemetry/api 1.10.0',
      'onnxruntime-node 1.30.0',
      'onnxruntime-node 1.17.3',
    ]);
  });

  test.for([
    { name: 'none', packages: {}, otel: 'ok', ort: 'warn' },
    {
      name: 'old-api',
      packages: { '@opentelemetry/api': '1.4.1', 'onnxruntime-node': '1.21.1' },
      otel: 'ok',
      ort: 'ok',
    },
    {
      name: 'api-before-1',
      packages: { '@opentelemetry/api': '0.21.0', 'onnxruntime-node': '1.21.1' },
      otel: 'warn',
      ort: 'ok',
    },
    {
      name: 'one-of-each',
      packages: { '@opentelemetry/api': '1.10.0', 'onnxruntime-node': '1.21.1' },
      otel: 'ok',
      ort: 'ok',
    },
    {
      name: 'two-apis',
      packages: {
        '@opentelemetry/api': '1.10.0',
        'x/node_modules/@opentelemetry/api': '1.9.0',
        'onnxruntime-node': '2.0.0',
      },
      otel: 'ok',
      ort: 'warn',
    },
  ])('copies: $name', ({ name, packages, otel, ort }) => {
    const tree = findPackages(project(name, packages as Record<string, string>), names);
    expect([checkOtel(tree).status, checkOrt(tree).status]).toEqual([otel, ort]);
  });

  test.for([
    { version: '1.21.1', env: {}, status: 'ok', text: 'not sent' },
    { version: '1.30.0', env: {}, status: 'ok', text: 'telltale/register sets' },
    {
      version: '1.30.0',
      env: { ORT_DISABLE_TELEMETRY: '1' },
      status: 'ok',
      text: 'the environment sets',
    },
    { version: '1.30.0', env: { TELLTALE_ORT_TELEMETRY: '1' }, status: 'warn', text: 'sent' },
  ])('usage data of ONNX Runtime $version with $env', ({ version, env, status, text }) => {
    const copies = [{ name: 'onnxruntime-node', version, path: '/x' }];
    const check = checkPhoneHome({ copies, isComplete: true }, env);
    expect(check.status).toBe(status);
    expect(check.message).toContain(text);
  });
});

test.for<[readonly string[], string[]]>([
  [[], []],
  [['node', 'app.js'], ['ok node']],
  [['./start.sh'], ['ok ./start.sh']],
  [['nosuchprogram'], ['fail Cannot find the program "nosuchprogram" in any folder of PATH']],
  [['./nothing.sh'], [`fail Cannot find the program "./nothing.sh" in ${folder}`]],
])('the command %j', ([command, wanted]) => {
  writeFileSync(join(folder, 'start.sh'), '#!/bin/sh\n');
  const env = { PATH: `${delimiter}${dirname(process.execPath)}` };
  const checks = checkCommand(command, { folder, env });
  expect(checks.map(({ status, message }) => `${status} ${message}`)).toEqual(wanted);
});

describe('doctor()', () => {
  const root = project('whole', { '@opentelemetry/api': '1.10.0', 'onnxruntime-node': '1.30.0' });
  const command = ['node', '--require', 'telltale/register', 'app.js'];

  test('is content with a reachable backend', async () => {
    const sink = await startOtlpSink();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, PATH: dirname(process.execPath) };
    const { output, exitCode } = await doctor({ command, folder: root, env, isJson: true });
    await sink.close();
    const { checks } = JSON.parse(output) as { checks: { name: string; status: string }[] };
    expect(exitCode).toBe(0);
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toContain('export of traces ok');
    expect(sink.requests).toEqual([]);
  });

  test('fails on a backend that refuses, and shows no secret', async () => {
    const sink = await startOtlpSink();
    await sink.close();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url.replace('//', '//user:hunter2@') };
    const { output, exitCode } = await doctor({ command, folder: root, env, isJson: false });
    expect(exitCode).toBe(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain('hunter2');
  });
});

describe('checkConfig()', () => {
  test('lists every problem with its place', () => {
    const path = join(folder, 'bad.yaml');
    writeFileSync(path, 'service: { nme: x }\nmonitoring: { port: -1 }\n');
    const options = { file: path, folder, env: { TELLTALE_SPANZ: '1' } };
    const { output, exitCode } = checkConfig({ ...options, isJson: false });
    expect(exitCode).toBe(1);
    expect(output.split('\n')).toEqual([
      'TELLTALE_SPANZ: Cannot find an option of this name: the nearest valid name is TELLTALE_SPANS',
      `${path}:1:12 service.nme: Cannot find an option of this name: the nearest valid name is service.name`,
      `${path}:2:21 monitoring.port: Cannot use it: expected a port from 0 to 65535, 0 for any free one: current value is "-1"`,
    ]);
    const json = JSON.parse(checkConfig({ ...options, isJson: true }).output) as {
      problems: unknown[];
    };
    expect(json.problems).toHaveLength(3);
  });

  test('is content without a file', () => {
    const { exitCode } = checkConfig({ file: undefined, folder, env: {}, isJson: false });
    expect(exitCode).toBe(0);
  });
});
