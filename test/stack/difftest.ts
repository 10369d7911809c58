/**
 * `npm run difftest -- [--seed 1] [--queries 5000] [--json]`: random queries over random series,
 * evaluated here and by a live Prometheus. Ends with 1 when any answer differs.
 */

import { readCommandLine } from '../support/command-line.ts';
import type { Answer } from '../support/difftest/answers.ts';
import { type Disagreement, runDifftest } from '../support/difftest/run-difftest.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const SHOWN_CHARACTERS_MAX = 900;

const { values } = readCommandLine({
  options: {
    seed: { type: 'string', default: '1' },
    queries: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
});

const binary = referenceBinaryOrWarn('prometheus', 'the differential test');
if (binary !== undefined) {
  const startedMs = Date.now();
  const report = await runDifftest({
    binary,
    seed: Number(values.seed),
    queries: Number(values.queries),
    onDisagreement: describe,
  });
  if (!values.json) process.stderr.write(`${(Date.now() - startedMs) / 1000} s\n`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = report.disagreed === 0 ? 0 : 1;
}

function describe({ query, kind, ours, theirs }: Disagreement): void {
  const { text, timeMs, range } = query;
  const at = kind === 'instant' ? { timeMs } : range;
  const lines = [
    `${kind} ${JSON.stringify(at)}: ${text}`,
    `  ours:   ${show(ours)}`,
    `  theirs: ${show(theirs)}`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function show(answer: Answer): string {
  if (answer.kind !== 'series') return `${answer.kind}: ${answer.message}`;
  const text = [...answer.series].map(
    ([key, points]) =>
      `${key}=${points.map((point) => JSON.stringify(point, printable)).join(' ')}`,
  );
  return [...answer.remarks, ...text].join('; ').slice(0, SHOWN_CHARACTERS_MAX);
}

/** JSON has no NaN, no infinities and no -0. */
function printable(_key: string, value: unknown): unknown {
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
