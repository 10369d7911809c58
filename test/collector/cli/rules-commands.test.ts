import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CommandIo } from '../../../collector/src/cli/command-io.ts';
import { createProgram } from '../../../collector/src/cli/program.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-cli-'));
  const write = (name: string, lines: readonly string[]): void => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  };
  write('good.yaml', [
    'groups:',
    '- name: g',
    '  rules:',
    '  - {record: up:sum, expr: sum(up)}',
    '  - {alert: Down, expr: up == 0, for: 5m, annotations: {summary: "{{ $labels.instance }}"}}',
  ]);
  write('bad.yaml', [
    'groups:',
    '- name: g',
    '  rules:',
    '  - alert: A',
    '    expr: sum(rate(foo))',
    '    for: 5 min',
  ]);
  write('duplicate.yaml', [
    'groups:',
    '- name: g',
    '  rules:',
    '  - {record: a, expr: a + 1}',
    '  - {record: a, expr: up}',
  ]);
  write('experimental.yaml', [
    'groups: [{name: g, rules: [{record: a, expr: "mad_over_time(up[5m])"}]}]',
  ]);
  write('pass.test.yaml', [
    'rule_files: [good.yaml]',
    'tests:',
    '- name: down',
    '  input_series: [{series: \'up{instance="i"}\', values: 0x10}]',
    '  alert_rule_test:',
    '  - {eval_time: 5m, alertname: Down, exp_alerts: [{exp_labels: {instance: i}, exp_annotations: {summary: i}}]}',
    '- name: sum',
    '  input_series: [{series: \'up{instance="i"}\', values: 1x10}]',
    '  promql_expr_test:',
    '  - {expr: "up:sum", eval_time: 1m, exp_samples: [{labels: "up:sum", value: 1}]}',
  ]);
  write('fail.test.yaml', [
    'rule_files: [good.yaml]',
    'tests:',
    '- name: wrong',
    '  input_series: [{series: \'up{instance="i"}\', values: 0x10}, {series: \'up{instance="j"}\', values: 0x10}]',
    '  alert_rule_test:',
    '  - {eval_time: 5m, alertname: Down, exp_alerts: [{exp_labels: {instance: i}, exp_annotations: {summary: x}}]}',
    '  promql_expr_test:',
    '  - {expr: "up:sum", eval_time: 1m, exp_samples: [{labels: "up:sum", value: 1}]}',
    '  - {expr: "sum(", eval_time: 1m}',
  ]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command; the folder of the fixtures is cut from what it prints. */
async function run(args: readonly string[], stdin = ''): Promise<Run> {
  const printed = { stdout: '', stderr: '' };
  let code = 0;
  const io: CommandIo = {
    stdout: (text) => {
      printed.stdout += text;
    },
    stderr: (text) => {
      printed.stderr += text;
    },
    readStdin: () => new TextEncoder().encode(stdin),
    exit: (next) => {
      code = next;
    },
  };
  const paths = args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg));
  await createProgram(io).parseAsync(paths, { from: 'user' });
  const cut = (text: string): string => text.replaceAll(`${folder}/`, '');
  return { code, stdout: cut(printed.stdout), stderr: cut(printed.stderr) };
}

test('rules check counts the rules of a sound file', async () => {
  expect(await run(['rules', 'check', 'good.yaml'])).toEqual({
    code: 0,
    stdout: 'Checking good.yaml\n  SUCCESS: 2 rules found\n\n',
    stderr: '',
  });
});

test('rules check lists every problem with a picture of a faulty expression', async () => {
  expect(await run(['rules', 'check', 'good.yaml', 'bad.yaml'])).toEqual({
    code: 1,
    stdout: 'Checking good.yaml\n  SUCCESS: 2 rules found\n\nChecking bad.yaml\n\n',
    stderr: [
      '  FAILED:',
      'bad.yaml: 5:11: group "g", rule 1, "A": could not parse expression: 1:10: parse error: expected type range vector in call to function "rate", got instant vector',
      '      sum(rate(foo))',
      '               ^^^',
      'bad.yaml: 6:10: group "g", rule 1, "A": not a valid duration string: "5 min": unknown unit " min" in duration "5 min"',
      '',
    ].join('\n'),
  });
});

test('rules check reads standard input when there is no file', async () => {
  const { code, stdout } = await run(['rules', 'check'], 'groups: []\n');
  expect([code, stdout]).toEqual([0, 'Checking standard input\n  SUCCESS: 0 rules found\n\n']);
});

test('rules check names duplicates, which fail only when asked, and rules that read themselves', async () => {
  const { code, stderr } = await run(['rules', 'check', 'duplicate.yaml']);
  expect(code).toBe(0);
  expect(stderr).toContain('HINT: rules read their own output: a <- a');
  expect(stderr).toContain('1 duplicate rule(s) found:\n    a{}');
  expect((await run(['rules', 'check', '--lint-fatal', 'duplicate.yaml'])).code).toBe(3);
  expect(
    (await run(['rules', 'check', '--lint-fatal', '--lint', 'none', 'duplicate.yaml'])).code,
  ).toBe(0);
});

test('rules check says which file it cannot read', async () => {
  const { code, stderr } = await run(['rules', 'check', 'absent.yaml']);
  expect(code).toBe(1);
  expect(stderr).toContain('Cannot read rule file "absent.yaml": ENOENT');
});

test('rules check --enable-feature switches on experimental parts', async () => {
  expect((await run(['rules', 'check', 'experimental.yaml'])).code).toBe(1);
  const feature = ['--enable-feature', 'promql-experimental-functions'];
  expect((await run(['rules', 'check', ...feature, 'experimental.yaml'])).code).toBe(0);
});

test('rules check --json prints one document', async () => {
  const { code, stdout } = await run(['rules', 'check', '--json', 'good.yaml', 'duplicate.yaml']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    files: [
      {
        file: 'good.yaml',
        ok: true,
        rules: 2,
        problems: [],
        warnings: [],
        duplicates: [],
        loops: [],
      },
      {
        file: 'duplicate.yaml',
        ok: true,
        rules: 2,
        problems: [],
        warnings: [],
        duplicates: ['a{}'],
        loops: [['a']],
      },
    ],
  });
});

test('rules test counts the tests that passed', async () => {
  expect(await run(['rules', 'test', 'pass.test.yaml'])).toEqual({
    code: 0,
    stdout: 'Unit Testing: pass.test.yaml\n  SUCCESS: 2 of 2 tests passed\n\n',
    stderr: '',
  });
});

test('rules test shows what was expected, what came and what differs', async () => {
  const { code, stderr } = await run(['rules', 'test', 'fail.test.yaml']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `  FAILED:
    name: wrong,
    alertname: Down, time: 5m,
        exp: [
            0:
              Labels:{alertname="Down", instance="i"}
              Annotations:{summary="x"}
            ]
        got: [
            0:
              Labels:{alertname="Down", instance="i"}
              Annotations:{summary="i"},
            1:
              Labels:{alertname="Down", instance="j"}
              Annotations:{summary="j"}
            ]
        diff (- expected, + got):
            - Labels:{alertname="Down", instance="i"}
            - Annotations:{summary="x"}
            + Labels:{alertname="Down", instance="i"}
            + Annotations:{summary="i"}
            + Labels:{alertname="Down", instance="j"}
            + Annotations:{summary="j"}

    name: wrong: expr: "up:sum", time: 1m,
        exp: {__name__="up:sum"} 1E+00
        got: {__name__="up:sum"} 0E+00

    name: wrong: expr: "sum(", time: 1m, err: 1:5: parse error: unclosed left parenthesis

  0 of 1 tests passed
`,
  );
});

test('rules test --run runs the tests whose name matches', async () => {
  const { stdout } = await run(['rules', 'test', '--run', '^su', 'pass.test.yaml']);
  expect(stdout).toContain('SUCCESS: 1 of 1 tests passed');
});

test('rules test --json prints one document', async () => {
  const { code, stdout } = await run([
    'rules',
    'test',
    '--json',
    'pass.test.yaml',
    'fail.test.yaml',
  ]);
  const report = JSON.parse(stdout);
  expect(code).toBe(1);
  expect({ ...report, files: report.files.length }).toEqual({
    ok: false,
    total: 3,
    passed: 2,
    files: 2,
  });
  expect(report.files[1].failures.map(({ kind }: { kind: string }) => kind)).toEqual([
    'alert',
    'expr',
    'exprError',
  ]);
});

test('rules test says which file it cannot read', async () => {
  const { code, stderr } = await run(['rules', 'test', 'absent.test.yaml']);
  expect(code).toBe(1);
  expect(stderr).toContain('Cannot read unit-test file "absent.test.yaml": ENOENT');
});

test.for<[string, readonly string[]]>([
  ['an unknown feature', ['rules', 'check', '--enable-feature', 'nope', 'good.yaml']],
  ['an unknown lint', ['rules', 'check', '--lint', 'nope', 'good.yaml']],
  ['a broken regular expression', ['rules', 'test', '--run', '(', 'pass.test.yaml']],
  ['no file to test', ['rules', 'test']],
  ['an unknown command', ['rules', 'nope']],
])('the command line refuses %s', async ([, args]) => {
  const io: CommandIo = {
    stdout: () => undefined,
    stderr: () => undefined,
    readStdin: () => new Uint8Array(),
    exit: () => undefined,
  };
  const program = createProgram(io);
  const refuse = (command: typeof program): void => {
    command.exitOverride();
    for (const child of command.commands) refuse(child as typeof program);
  };
  refuse(program);
  await expect(program.parseAsync([...args], { from: 'user' })).rejects.toThrow(
    /^error: |^.*\(outputHelp\)/u,
  );
});
