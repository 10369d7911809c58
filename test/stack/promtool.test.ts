import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CommandIo } from '../../collector/src/cli/command-io.ts';
import { createProgram } from '../../collector/src/cli/program.ts';
import { minutes, Timeline } from '../collector/rules/timeline.ts';
import { LAST_MINUTE, type RandomCase, randomCase } from '../support/promtool/random-rules.ts';
import { RULE_FILE_CASES } from '../support/promtool/rule-file-cases.ts';
import { FAILING_RULES, RULES, UNIT_TEST_CASES } from '../support/promtool/unit-test-cases.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const promtool = referenceBinaryOrWarn('promtool', 'the comparison of rules check and rules test');
const RANDOM_CASES = 50;
const SHIPPED = join(import.meta.dirname, '../../deploy/prometheus');

interface Verdict {
  readonly code: number;
  readonly output: string;
}

/** What `telltale-collector` says, in process. */
async function ours(...args: readonly string[]): Promise<Verdict> {
  let output = '';
  let code = 0;
  const write = (text: string): void => {
    output += text;
  };
  const io: CommandIo = {
    stdout: write,
    stderr: write,
    readStdin: () => new Uint8Array(),
    exit: (next) => {
      code = next;
    },
  };
  await createProgram(io).parseAsync([...args], { from: 'user' });
  return { code, output };
}

function theirs(...args: readonly string[]): Verdict {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8' });
  return { code: status ?? -1, output: stdout + stderr };
}

/** Empty when both verdicts are the same, else both outputs. */
async function difference(check: 'check' | 'test', file: string): Promise<string> {
  const [got, wanted] = [await ours('rules', check, file), theirs(check, 'rules', file)];
  if (got.code === wanted.code) return '';
  return `ours ${got.code}:\n${got.output}\ntheirs ${wanted.code}:\n${wanted.output}`;
}

describe.skipIf(promtool === undefined)('the verdict is that of promtool', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-promtool-'));
    writeFileSync(join(folder, 'rules.yaml'), RULES);
    writeFileSync(join(folder, 'failing.yaml'), FAILING_RULES);
    writeFileSync(join(folder, 'broken.yaml'), 'groups: [{name: g, rules: [{alert: A}]}]\n');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const shipped = globSync('{rules,tests}/*.yaml', { cwd: SHIPPED }).toSorted();

  test('there are shipped rules and their tests', () => {
    expect(shipped.filter((name) => name.endsWith('.test.yaml')).length).toBe(shipped.length / 2);
    expect(shipped.length).toBeGreaterThanOrEqual(12);
  });

  test.for(shipped)('on the shipped file %s, which passes', async (name) => {
    const check = name.endsWith('.test.yaml') ? 'test' : 'check';
    expect(await difference(check, join(SHIPPED, name))).toBe('');
    expect((await ours('rules', check, join(SHIPPED, name))).code).toBe(0);
  });

  test.for(RULE_FILE_CASES.map(([name, content]) => ({ name, content })))(
    'check: $name',
    async ({ content }) => {
      const path = join(folder, 'checked.yaml');
      writeFileSync(path, content);
      expect(await difference('check', path)).toBe('');
      rmSync(path);
    },
  );

  test.for(UNIT_TEST_CASES.map(([name, content]) => ({ name, content })))(
    'test: $name',
    async ({ content }) => {
      const path = join(folder, 'unit.test.yaml');
      writeFileSync(path, content);
      expect(await difference('test', path)).toBe('');
      rmSync(path);
    },
  );
});

/** A unit-test file that expects of every minute what our rules wrote. */
function expectationsOf(randomRules: RandomCase): string {
  const timeline = new Timeline(randomRules);
  const times = minutes(LAST_MINUTE);
  for (const time of times) timeline.evaluate(time);
  const expr = '{__name__=~"ALERTS|ALERTS_FOR_STATE|firing:count|load:max"}';
  const tests = times.flatMap((time) => {
    const samples = timeline.query(expr, time).map((sample) => {
      const end = sample.lastIndexOf(' ');
      return `    - {labels: '${sample.slice(0, end)}', value: ${sample.slice(end + 1)}}`;
    });
    const head = [`  - expr: '${expr}'`, `    eval_time: ${time}`];
    return [...head, samples.length === 0 ? '    exp_samples: []' : '    exp_samples:', ...samples];
  });
  const series = Object.entries(randomRules.series).flatMap(([name, values]) => {
    return [`  - series: '${name}'`, `    values: ${values}`];
  });
  const top = ['rule_files: [random.yaml]', 'evaluation_interval: 1m', 'tests:', '- interval: 1m'];
  return [...top, '  input_series:', ...series, '  promql_expr_test:', ...tests].join('\n');
}

test.skipIf(promtool === undefined)(
  'random rules over random series write what they write in Prometheus',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-random-'));
    const failures: string[] = [];
    let expectations = 0;
    for (let seed = 1; seed <= RANDOM_CASES; seed += 1) {
      const randomRules = randomCase(seed);
      const unitTest = expectationsOf(randomRules);
      expectations += unitTest.split('- {labels:').length - 1;
      writeFileSync(join(folder, 'random.yaml'), randomRules.rules);
      writeFileSync(join(folder, 'random.test.yaml'), unitTest);
      const { code, output } = theirs('test', 'rules', join(folder, 'random.test.yaml'));
      if (code !== 0)
        failures.push(`seed ${seed}:\n${randomRules.rules}\n${output.slice(0, 2_000)}`);
    }
    rmSync(folder, { recursive: true });
    expect(failures).toEqual([]);
    expect(expectations).toBeGreaterThan(100 * RANDOM_CASES);
  },
  60_000,
);

test('the cases are of both kinds, whatever promtool says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-rules-'));
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'failing.yaml'), FAILING_RULES);
  writeFileSync(join(folder, 'broken.yaml'), 'groups: [{name: g, rules: [{alert: A}]}]\n');
  const codes = { check: [] as number[], test: [] as number[] };
  // Templates, labels and error texts of an alert are compared to the letter.
  writeFileSync(join(folder, 'first.yaml'), UNIT_TEST_CASES[0]?.[1] ?? '');
  expect((await ours('rules', 'test', join(folder, 'first.yaml'))).code).toBe(0);
  for (const [check, cases] of [
    ['check', RULE_FILE_CASES],
    ['test', UNIT_TEST_CASES],
  ] as const) {
    for (const [, content] of cases) {
      const path = join(folder, 'case.yaml');
      writeFileSync(path, content);
      codes[check].push((await ours('rules', check, path)).code);
    }
  }
  rmSync(folder, { recursive: true });
  const share = (list: readonly number[]): number =>
    list.filter((code) => code === 0).length / list.length;
  expect(share(codes.check)).toBeGreaterThan(0.2);
  expect(share(codes.check)).toBeLessThan(0.8);
  expect(share(codes.test)).toBeGreaterThan(0.2);
  expect(share(codes.test)).toBeLessThan(0.8);
});
