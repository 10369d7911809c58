import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { OPTIONS } from 'telltale';
import { afterAll, describe, expect, test } from 'vitest';

import { PROBE } from '../support/otel-variables/probe.ts';
import { runProbe, type Whose } from '../support/otel-variables/run-probe.ts';
import { SCENARIOS } from '../support/otel-variables/scenarios/index.ts';
import type { Scenario } from '../support/otel-variables/scenarios/scenario.ts';
import type { SeenRun } from '../support/otel-variables/seen.ts';
import { OTEL_VARIABLES } from '../support/otel-variables/variables.ts';
import { createAppFolder, freePort } from '../support/run-app.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const folder = createAppFolder();
afterAll(() => folder.remove());
const file = folder.write('probe.cjs', PROBE);

const byName = new Map(OTEL_VARIABLES.map((variable) => [variable.name, variable]));

async function run(scenario: Scenario, whose: Whose, hasVariables: boolean): Promise<SeenRun> {
  const page = String(await freePort());
  const given = { ...scenario.base, ...(hasVariables ? scenario.variables : {}) };
  const env = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, value.replaceAll('{page}', page)]),
  );
  return runProbe({ whose, file, cwd: folder.path, sink: scenario.sink ?? { kind: 'http' }, env });
}

/** What was seen of each variable of a scenario, and what should be. */
async function compare(
  scenario: Scenario,
): Promise<{ readonly seen: Record<string, unknown>; readonly expected: Record<string, unknown> }> {
  const upstream = await run(scenario, 'upstream', true);
  const ours = await run(scenario, 'ours', true);
  const states = new Set(Object.keys(scenario.facts).map((name) => byName.get(name)?.state));
  const upstreamWithout = states.has('taken') ? await run(scenario, 'upstream', false) : undefined;
  const oursWithout = states.has('ignored') ? await run(scenario, 'ours', false) : undefined;
  const seen: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(scenario.facts)) {
    const state = byName.get(name)?.state;
    if (state === 'differs') {
      seen[name] = { upstream: fact(upstream), ours: fact(ours) };
      expected[name] = scenario.differing?.[name];
    } else if (state === 'ignored' && oursWithout !== undefined) {
      seen[name] = fact(ours);
      expected[name] = fact(oursWithout);
    } else if (upstreamWithout !== undefined) {
      // A fact that is the same without the variable proves nothing.
      const hasEffect = !isDeepStrictEqual(fact(upstream), fact(upstreamWithout));
      seen[name] = { ours: fact(ours), hasEffect };
      expected[name] = { ours: fact(upstream), hasEffect: true };
    }
  }
  return { seen, expected };
}

describe('every OTEL_* variable beside upstream', () => {
  test.for(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    { concurrent: true, timeout: 60_000 },
    async ([, scenario]) => {
      for (const [name, text] of Object.entries(scenario.files ?? {})) folder.write(name, text);
      const { seen, expected } = await compare(scenario);
      expect(seen).toEqual(expected);
      expect(Object.keys(seen)).toEqual(Object.keys(scenario.facts));
    },
  );
});

describe('the list of variables', () => {
  test('has each once, and each is tried', () => {
    expect(byName.size).toBe(OTEL_VARIABLES.length);
    const tried = new Set(SCENARIOS.flatMap(({ facts }) => Object.keys(facts)));
    expect([...byName.keys()].filter((name) => !tried.has(name))).toEqual([]);
    expect([...tried].filter((name) => !byName.has(name))).toEqual([]);
  });

  test('has every variable that our options name', () => {
    const ours = OPTIONS.flatMap(({ env }) => (env?.startsWith('OTEL_') === true ? [env] : []));
    expect(ours.filter((name) => !byName.has(name))).toEqual([]);
    const isTaken = OTEL_VARIABLES.filter(({ state }) => state !== 'ignored').map(
      ({ name }) => name,
    );
    expect(isTaken.filter((name) => !ours.includes(name))).toEqual([]);
  });

  test('has every variable that the packages of upstream read', () => {
    const files = globSync(
      'node_modules/@opentelemetry/{sdk-node,core,resources,sdk-trace,sdk-metrics,sdk-logs,otlp-exporter-base,otlp-grpc-exporter-base,exporter-*,instrumentation,instrumentation-http,configuration,propagator-b3}/dist/**/*.cjs',
      { cwd: ROOT },
    );
    expect(files.length).toBeGreaterThan(100);
    const read = files.flatMap((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return [
        ...text.matchAll(/FromEnv\)?\("(?<name>OTEL_\w+)"\)|env(?:\.|\[")(?<other>OTEL_\w+)/gu),
      ].map(({ groups }) => groups?.['name'] ?? groups?.['other'] ?? '');
    });
    expect(read.length).toBeGreaterThan(30);
    expect([...new Set(read)].filter((name) => !byName.has(name)).toSorted()).toEqual([]);
  });
});
