import { readFileSync } from 'node:fs';

import { textKey } from '@telltale/core';

import {
  formatRuleFileProblem,
  parseRuleFile,
  RuleFileError,
  type RuleFileProblem,
} from '../../config/rules/rules-file.ts';
import { Labels } from '../../model/labels.ts';
import { formatLabels } from '../../model/labels-format.ts';
import type { PromqlFeatures } from '../../promql/features.ts';
import type { GroupDefinition } from '../../rules/rule.ts';
import { findRuleLoops } from '../../rules/rule-loop.ts';
import type { CommandIo } from '../command-io.ts';

export interface CheckRulesOptions {
  readonly json?: boolean;
  readonly lint: string;
  readonly lintFatal?: boolean;
  readonly features: PromqlFeatures;
}

/** What was found in one rule file. */
interface CheckReport {
  readonly file: string;
  readonly ok: boolean;
  readonly rules: number;
  readonly problems: readonly RuleFileProblem[];
  readonly warnings: readonly RuleFileProblem[];
  /** Rules that write the same series. */
  readonly duplicates: readonly string[];
  /** Rules whose output feeds their own input. */
  readonly loops: readonly (readonly string[])[];
}

const EXIT_FAILED = 1;
const EXIT_LINT = 3;
const STDIN_NAME = 'standard input';
const EVALUATION_INTERVAL_MS = 60_000;

/** Checks rule files and prints what is wrong; answers promtool's exit code. */
export function checkRules(
  files: readonly string[],
  options: CheckRulesOptions,
  io: CommandIo,
): number {
  const reports =
    files.length === 0
      ? [checkBytes(io.readStdin(), STDIN_NAME, options)]
      : files.map((file) => checkFile(file, options));
  if (options.json === true) {
    const ok = reports.every((report) => report.ok);
    io.stdout(`${JSON.stringify({ ok, files: reports }, null, 2)}\n`);
  } else for (const report of reports) printReport(report, io);
  if (reports.some(({ ok }) => !ok)) return EXIT_FAILED;
  const hasDuplicates = reports.some(({ duplicates }) => duplicates.length > 0);
  return hasDuplicates && options.lintFatal === true ? EXIT_LINT : 0;
}

function checkFile(file: string, options: CheckRulesOptions): CheckReport {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Cannot read rule file ${JSON.stringify(file)}: ${reason}`;
    return brokenReport(file, [{ file, line: 1, column: 1, message }]);
  }
  return checkBytes(bytes, file, options);
}

function checkBytes(bytes: Uint8Array, file: string, options: CheckRulesOptions): CheckReport {
  const { features, lint } = options;
  try {
    const parsed = parseRuleFile(bytes, { file, intervalMs: EVALUATION_INTERVAL_MS, features });
    const rules = parsed.groups.flatMap((group) => group.rules);
    return {
      file,
      ok: true,
      rules: rules.length,
      problems: [],
      warnings: parsed.warnings,
      duplicates: lint === 'none' ? [] : findDuplicates(parsed.groups),
      loops: findRuleLoops(rules),
    };
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    return brokenReport(file, error.problems);
  }
}

function brokenReport(file: string, problems: readonly RuleFileProblem[]): CheckReport {
  return { file, ok: false, rules: 0, problems, warnings: [], duplicates: [], loops: [] };
}

function findDuplicates(groups: readonly GroupDefinition[]): readonly string[] {
  const seen = new Set<string>();
  const duplicates = new Map<string, string>();
  for (const { name, labels: record } of groups.flatMap(({ rules }) => rules)) {
    const labels = Labels.of(record);
    const key = textKey([name, labels.key]);
    if (seen.has(key)) duplicates.set(key, name + formatLabels(labels));
    seen.add(key);
  }
  return [...duplicates.values()];
}

function printReport(report: CheckReport, io: CommandIo): void {
  const { file, problems, duplicates, warnings, loops } = report;
  io.stdout(`Checking ${file}\n`);
  for (const warning of warnings) io.stderr(`  WARNING: ${formatRuleFileProblem(warning)}\n`);
  for (const loop of loops) {
    const path = [...loop, loop[0] ?? ''].join(' <- ');
    io.stderr(`  HINT: rules read their own output: ${path}\n`);
  }
  if (problems.length > 0) {
    io.stderr(`  FAILED:\n${problems.map(printProblem).join('')}`);
  } else if (duplicates.length > 0) {
    const list = duplicates.map((duplicate) => `    ${duplicate}\n`).join('');
    io.stderr(`  FAILED:\n${duplicates.length} duplicate rule(s) found:\n${list}`);
    io.stderr('Might cause inconsistency while recording expressions\n');
  } else io.stdout(`  SUCCESS: ${report.rules} rules found\n`);
  io.stdout('\n');
}

function printProblem(problem: RuleFileProblem): string {
  const line = `${formatRuleFileProblem(problem)}\n`;
  // The first line of the detail repeats the message.
  const [, ...picture] = problem.detail?.split('\n') ?? [];
  return line + picture.map((row) => `    ${row}\n`).join('');
}
