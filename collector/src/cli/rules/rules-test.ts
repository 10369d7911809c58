import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { globPaths } from '../../config/glob.ts';
import {
  formatRuleFileProblem,
  parseRuleFile,
  RuleFileError,
} from '../../config/rules/rules-file.ts';
import { parseUnitTestFile } from '../../config/rules/unit-test.ts';
import { evaluateInstant } from '../../promql/eval/evaluate.ts';
import type { PromqlFeatures } from '../../promql/features.ts';
import type { GroupDefinition } from '../../rules/rule.ts';
import { formatFailure } from '../../rules/unit-test/format.ts';
import { type EvaluateQuery, runUnitTest } from '../../rules/unit-test/run.ts';
import type { UnitTest, UnitTestFailure, UnitTestFile } from '../../rules/unit-test/unit-test.ts';
import type { CommandIo } from '../command-io.ts';

export interface TestRulesOptions {
  readonly json?: boolean;
  /** Only tests whose name matches run. */
  readonly run?: RegExp;
  readonly features: PromqlFeatures;
}

/** What running one unit-test file gave. */
interface TestReport {
  readonly file: string;
  readonly ok: boolean;
  readonly tests: number;
  readonly passed: number;
  readonly failures: readonly UnitTestFailure[];
  /** Why the file could not be run at all. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The limit of samples that promtool's engine has; a test that needs more fails there too. */
const SAMPLES_MAX = 10_000;

/** Runs unit-test files and prints what failed; answers promtool's exit code. */
export function testRules(
  files: readonly string[],
  options: TestRulesOptions,
  io: CommandIo,
): number {
  const reports = files.map((file) => {
    const report = runFile(file, options);
    if (options.json !== true) printReport(report, io);
    return report;
  });
  const ok = reports.every((report) => report.ok);
  if (options.json === true) {
    const total = reports.reduce((sum, { tests }) => sum + tests, 0);
    const passed = reports.reduce((sum, report) => sum + report.passed, 0);
    io.stdout(`${JSON.stringify({ ok, total, passed, files: reports }, null, 2)}\n`);
  }
  return ok ? 0 : 1;
}

function runFile(file: string, options: TestRulesOptions): TestReport {
  try {
    const unitTests = parseUnitTestFile(readFileSync(file), file);
    return runTests(file, unitTests, options);
  } catch (error) {
    const problems =
      error instanceof RuleFileError
        ? error.problems.map(formatRuleFileProblem)
        : [`Cannot read unit-test file ${JSON.stringify(file)}: ${messageOf(error)}`];
    return { file, ok: false, tests: 0, passed: 0, failures: [], problems, warnings: [] };
  }
}

function runTests(file: string, unitTests: UnitTestFile, options: TestRulesOptions): TestReport {
  const { features, run } = options;
  const warnings: string[] = [];
  const paths = resolveRuleFiles(file, unitTests.ruleFiles, warnings);
  const tests = unitTests.tests.filter(({ name }) => run?.test(name) ?? true);
  const failures = tests.map((test) => {
    try {
      const groups = loadGroups(paths, test, features);
      const evaluate = evaluateWith(features);
      return runUnitTest(unitTests, test, { evaluate, features, loadGroups: () => groups });
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      return error.problems.map((problem): UnitTestFailure => {
        return { kind: 'broken', test: test.name, error: formatRuleFileProblem(problem) };
      });
    }
  });
  const passed = failures.filter((list) => list.length === 0).length;
  return {
    file,
    ok: passed === tests.length,
    tests: tests.length,
    passed,
    failures: failures.flat(),
    problems: [],
    warnings,
  };
}

function evaluateWith(features: PromqlFeatures): EvaluateQuery {
  return (expr, { source, timeMs, subqueryStepMs }) => {
    const options = { features, defaultSubqueryStepMs: subqueryStepMs, samplesMax: SAMPLES_MAX };
    return evaluateInstant(expr, { source, timeMs, options }).value;
  };
}

function resolveRuleFiles(
  file: string,
  patterns: readonly string[],
  warnings: string[],
): readonly string[] {
  const paths = patterns.flatMap((pattern) => {
    const found = globPaths(pattern, dirname(file));
    if (found.length === 0) warnings.push(`no file match pattern ${pattern}`);
    return found;
  });
  return [...new Set(paths)];
}

function loadGroups(
  paths: readonly string[],
  test: UnitTest,
  features: PromqlFeatures,
): readonly GroupDefinition[] {
  return paths.flatMap((path) => {
    const options = { file: path, intervalMs: test.intervalMs, features };
    return parseRuleFile(readRuleBytes(path), options).groups;
  });
}

function readRuleBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const message = `Cannot read rule file ${JSON.stringify(path)}: ${messageOf(error)}`;
    throw new RuleFileError([{ file: path, line: 1, column: 1, message }]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function printReport(report: TestReport, io: CommandIo): void {
  io.stdout(`Unit Testing: ${report.file}\n`);
  for (const warning of report.warnings) io.stderr(`  WARNING: ${warning}\n`);
  if (report.ok) {
    io.stdout(`  SUCCESS: ${report.passed} of ${report.tests} tests passed\n\n`);
    return;
  }
  io.stderr('  FAILED:\n');
  for (const problem of report.problems) io.stderr(`${problem}\n`);
  for (const failure of report.failures) io.stderr(`${formatFailure(failure)}\n\n`);
  if (report.tests > 0) io.stderr(`  ${report.passed} of ${report.tests} tests passed\n`);
  io.stdout('\n');
}
