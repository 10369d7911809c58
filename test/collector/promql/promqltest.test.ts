import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { describe, expect, test } from 'vitest';

import { EXPECTED_FAILURES } from '../../support/promqltest/expected-failures.ts';
import {
  findUpstreamFolder,
  listScripts,
  OWN_SCRIPTS_FOLDER,
  UPSTREAM_FILES_COUNT,
  UPSTREAM_VERSION,
} from '../../support/promqltest/files.ts';
import type { EvaluatorUnderTest } from '../../support/promqltest/run.ts';
import { GENERAL_EVALUATOR, runScript } from '../../support/promqltest/run.ts';
import { STANDING_EVALUATOR } from '../../support/promqltest/standing.ts';

const EVALUATORS: Readonly<Record<'general' | 'standing', EvaluatorUnderTest>> = {
  general: GENERAL_EVALUATOR,
  standing: STANDING_EVALUATOR,
};

const upstreamFolder = findUpstreamFolder();
const upstream = upstreamFolder === undefined ? [] : listScripts(upstreamFolder, '.test');
if (upstreamFolder === undefined) {
  process.stderr.write(
    `SKIPPED: ${UPSTREAM_FILES_COUNT} scripts of ${UPSTREAM_VERSION} are absent; set PROMQLTEST_DIR\n`,
  );
}

/** What went wrong in a script, by `file:line`. */
function findFaults(file: string, evaluator: EvaluatorUnderTest): Map<string, string> {
  const results = runScript(readFileSync(file, 'utf8'), evaluator);
  const faults = new Map<string, string>();
  for (const { line, expr, fault } of results) {
    if (fault !== undefined) faults.set(`${basename(file)}:${line}`, `${expr}: ${fault}`);
  }
  return faults;
}

describe.for(['general', 'standing'] as const)('%s evaluator', (name) => {
  const evaluator = EVALUATORS[name];

  test.for(listScripts(OWN_SCRIPTS_FOLDER, '.promtest'))('answers %s as it says', (file) => {
    expect(Object.fromEntries(findFaults(file, evaluator))).toEqual({});
  });

  test.for(upstream)('answers %s as upstream', (file) => {
    const faults = findFaults(file, evaluator);
    const known = EXPECTED_FAILURES[name].filter((place) => place.startsWith(basename(file)));
    const unexpected = [...faults].filter(([place]) => !known.includes(place));
    const mended = known.filter((place) => !faults.has(place));
    expect({ unexpected, mended }).toEqual({ unexpected: [], mended: [] });
  });
});

test('the expected failures name upstream files that exist', {
  skip: upstream.length === 0,
}, () => {
  const names = new Set(upstream.map((file) => basename(file)));
  const places = Object.values(EXPECTED_FAILURES).flat();
  expect(places.filter((place) => !names.has(place.split(':', 1)[0] ?? ''))).toEqual([]);
});

test('all upstream scripts are run', { skip: upstream.length === 0 }, () => {
  const cases = upstream.flatMap((file) => runScript(readFileSync(file, 'utf8')));
  expect({ files: upstream.length, cases: cases.length }).toEqual({
    files: UPSTREAM_FILES_COUNT,
    cases: 2214,
  });
});

test.for([
  ['a wrong value', 'eval instant at 1m m\n  m 3', 'm: {__name__="m"}: expected 3, got 2'],
  ['a missing series', 'eval instant at 1m m\n  m 2\n  n 1', 'm: missing {__name__="n"}'],
  ['a surplus series', 'eval instant at 1m m', 'm: unexpected {__name__="m"} 2'],
  ['a missing error', 'eval instant at 1m m\n  expect fail', 'm: expected an error, got none'],
  [
    'a missing annotation',
    'eval instant at 1m m\n  expect warn\n  m 2',
    'm: expected warning "anything", got []',
  ],
  [
    'a surplus annotation',
    'eval instant at 1m rate(m[5m])\n  expect no_info\n  {} 0.0033333333333333335',
    'rate(m[5m]): expected no info, got ["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \\"m\\" (1:6)"]',
  ],
  [
    'a wrong number of points',
    'eval range from 0 to 2m step 1m m\n  m 1 2',
    'm: {__name__="m"}: expected 2 points, got 3: 1@0 2@60000 3@120000',
  ],
] as const)('the runner reports %s', ([, script, fault]) => {
  const results = runScript(`load 1m\n  m 1 2 3\n\n${script}`);
  expect(results.map((result) => `${result.expr}: ${result.fault ?? ''}`)).toEqual([fault]);
});
