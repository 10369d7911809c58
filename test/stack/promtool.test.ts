import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CommandIo } from '../../collector/src/cli/command-io.ts';
import { createProgram } from '../../collector/src/cli/program.ts';
import { RULE_FILE_CASES } from '../support/promtool/rule-file-cases.ts';
import { FAILING_RULES, RULES, UNIT_TEST_CASES } from '../support/promtool/unit-test-cases.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const promtool = referenceBinaryOrWarn('promtool', 'the comparison of rules check and rules test');
const SHIPPED = join(import.meta.dirname, '../../deploy/prometheus/rules');

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

  const shipped = globSync('*.yaml', { cwd: SHIPPED }).toSorted();

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
