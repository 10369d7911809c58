import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { readCommandLine } from '../command-line.ts';
import {
  findUpstreamFolder,
  listScripts,
  UPSTREAM_FILES_COUNT,
  UPSTREAM_VERSION,
} from './files.ts';
import type { CaseResult } from './run.ts';
import { GENERAL_EVALUATOR, runScript } from './run.ts';
import { STANDING_EVALUATOR } from './standing.ts';

interface Summary {
  total: number;
  passed: number;
  /** With `--planner`: the cases whose expression the planner takes; the others are not run. */
  accepted?: number;
  /** Upstream scripts that are not there. */
  skipped?: number;
  readonly byFile: Record<string, { readonly total: number; readonly passed: number }>;
}

/** `npm run promqltest -- FILES... [--json] [--planner]`: runs scripts, prints what failed. */
function main(): number {
  const { values, positionals } = readCommandLine({
    options: {
      json: { type: 'boolean', default: false },
      planner: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const folder = findUpstreamFolder();
  const files = positionals.length > 0 ? positionals : folderFiles(folder);
  const summary: Summary = { total: 0, passed: 0, byFile: {} };
  const evaluator = values.planner ? STANDING_EVALUATOR : GENERAL_EVALUATOR;
  for (const file of files) {
    addFile(summary, file, runScript(readFileSync(file, 'utf8'), evaluator));
  }
  if (values.planner) summary.accepted = summary.total;
  if (positionals.length === 0 && folder === undefined) summary.skipped = UPSTREAM_FILES_COUNT;
  console.log(`${summary.passed} of ${summary.total} cases passed`);
  if (values.json) console.log(JSON.stringify(summary));
  return summary.passed === summary.total ? 0 : 1;
}

function folderFiles(folder: string | undefined): string[] {
  if (folder !== undefined) return listScripts(folder, '.test');
  console.log(
    `SKIPPED: ${UPSTREAM_FILES_COUNT} scripts of ${UPSTREAM_VERSION} are absent; set PROMQLTEST_DIR`,
  );
  return [];
}

function addFile(summary: Summary, file: string, results: readonly CaseResult[]): void {
  const failed = results.filter(({ fault }) => fault !== undefined);
  for (const { line, expr, fault = '' } of failed) {
    console.log(`${basename(file)}:${line}: ${expr}\n    ${fault}`);
  }
  const passed = results.length - failed.length;
  summary.total += results.length;
  summary.passed += passed;
  summary.byFile[basename(file)] = { total: results.length, passed };
}

process.exitCode = main();
