import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { SeededRandom, serializeBaseline, standardNormal } from '@telltale/statistics';
import { DriftMonitor, driftRoutes, sha256 } from '@telltale/instrumentation-drift';

import { driftCompare } from '../../../../src/telltale/src/cli/commands/drift-compare.ts';
import { asking } from '../../../../src/telltale/src/cli/commands/drift-process.ts';
import { compareBaselines } from '../../../../src/telltale/src/cli/drift/compare-baselines.ts';
import { ApiKeys } from '../../../../src/telltale/src/http/auth.ts';
import { createRouter } from '../../../../src/telltale/src/http/router.ts';
import { serveMonitoring } from '../../../../src/telltale/src/http/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-drift-compare-'));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Versions 7 and 8: `score` moves, `age/years` and `country` do not, `mail` goes missing. */
function versions(): DriftMonitor {
  const monitor = new DriftMonitor({ now: () => 1e12 });
  const random = new SeededRandom(1);
  const countries = ['de', 'fr', 'uk'];
  for (const version of ['7', '8']) {
    const stream = (name: string, kind: 'numeric' | 'categorical') =>
      monitor.stream({ model: 'fraud', version, name, direction: 'input' }, kind);
    const isNew = version === '8';
    const [score, age] = [stream('score', 'numeric'), stream('age/years', 'numeric')];
    const [country, mail] = [stream('country', 'categorical'), stream('mail', 'numeric')];
    const own = stream(isNew ? 'new' : 'old', 'numeric');
    for (let record = 0; record < 2000; record += 1) {
      score.observe(standardNormal(random) + (isNew ? 0.5 : 0));
      age.observe(standardNormal(random));
      country.observe(countries[Math.floor(3 * random.next())]);
      mail.observe(isNew && random.next() < 0.2 ? null : standardNormal(random));
      own.observe(standardNormal(random));
    }
  }
  return monitor;
}

async function serving(monitor: DriftMonitor) {
  const router = createRouter({
    routes: driftRoutes(monitor),
    keys: new ApiKeys([]),
    isLoopback: true,
  });
  const server = serveMonitoring(router, { host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${Number(await server.listening)}`, key: undefined };
}

const verdicts = (output: string): Readonly<Record<string, string>> => {
  const { streams } = JSON.parse(output) as {
    readonly streams: readonly { readonly stream: string; readonly verdict: string }[];
  };
  return Object.fromEntries(streams.map(({ stream, verdict }) => [stream, verdict]));
};

const EXPECTED = {
  score: 'differs',
  'age/years': 'alike',
  country: 'alike',
  mail: 'differs',
  old: 'only_first',
  new: 'only_second',
};

describe('driftCompare()', () => {
  test('the windows of two versions in one process, and in two', async () => {
    const monitor = versions();
    const address = await serving(monitor);
    const other = await serving(monitor);
    for (const options of [{ isJson: true }, { isJson: true, other }]) {
      const { output, exitCode } = await driftCompare(address, ['fraud@7', 'fraud@8'], options);
      expect(verdicts(output)).toEqual(EXPECTED);
      expect(exitCode).toBe(2);
    }
  });

  test('a version beside itself is alike in all, exit code 0', async () => {
    const address = await serving(versions());
    const { output, exitCode } = await driftCompare(address, ['fraud@7', 'fraud@7'], {
      isJson: false,
    });
    expect(exitCode).toBe(0);
    expect(output.split('\n')[2]).toMatch(
      /^VERDICT\s+STREAM\s+EFFECT\s+MISSING\s+VALUES\s+MOVED$/u,
    );
    expect(output).not.toContain('DIFFERS');
  });

  test('folders of baselines, and one of them beside a running version', async () => {
    const monitor = versions();
    for (const version of ['7', '8']) {
      mkdirSync(join(folder, version));
      for (const { comparison, key } of monitor.select({ version })) {
        if (comparison === undefined) throw new TypeError(`Cannot learn ${key.name}`);
        const file = `${encodeURIComponent(key.name)}.json`;
        writeFileSync(join(folder, version, file), serializeBaseline(comparison.baseline, sha256));
      }
    }
    const address = await serving(monitor);
    const paths = [join(folder, '7'), join(folder, '8')] as const;
    const files = await driftCompare(address, paths, { isJson: true });
    expect(verdicts(files.output)).toEqual(EXPECTED);
    const mixed = await driftCompare(address, [paths[0], 'fraud@8'], { isJson: true });
    expect(verdicts(mixed.output)).toEqual(EXPECTED);
  });

  test.for([
    ['a category that vanished', ['de', 'fr', 'uk'], ['de', 'fr'], /^"uk" 3\d\.\d % to 0\.0 %$/u],
    ['a category that is new', ['de', 'fr'], ['de', 'fr', 'uk'], /^"uk" 0\.0 % to 3\d\.\d %$/u],
    [
      'a share that moved',
      ['de', 'de', 'fr'],
      ['de', 'fr'],
      /^"(?:de|fr)" \d\d\.\d % to \d\d\.\d %$/u,
    ],
  ] as const)('%s is named', ([, before, now, wanted]) => {
    const [one, other] = [before, now].map((names) => {
      const monitor = new DriftMonitor({ now: () => 1e12 });
      const random = new SeededRandom(5);
      const key = { model: 'm', version: '1', name: 'country', direction: 'input' } as const;
      const stream = monitor.stream(key, 'categorical');
      for (let record = 0; record < 3000; record += 1) {
        stream.observe(names[Math.floor(names.length * random.next())]);
      }
      return monitor.select({}).flatMap(({ comparison }) => comparison?.baseline ?? []);
    });
    const [row] = compareBaselines(one ?? [], other ?? []);
    expect([row?.verdict, row?.moved]).toEqual(['differs', expect.stringMatching(wanted)]);
  });

  test('equal versions are called different no more often than said', async () => {
    let differing = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const monitor = new DriftMonitor({ seed });
      const random = new SeededRandom(seed);
      for (const version of ['7', '8']) {
        for (const name of ['a', 'b', 'c']) {
          const key = { model: 'm', version, name, direction: 'input' } as const;
          const stream = monitor.stream(key, 'numeric');
          for (let record = 0; record < 1150; record += 1) stream.observe(random.next());
        }
      }
      const side = (version: string) =>
        monitor.select({ version }).flatMap(({ comparison }) => comparison?.baseline ?? []);
      const rows = compareBaselines(side('7'), side('8'));
      if (rows.some(({ verdict }) => verdict !== 'alike')) differing += 1;
    }
    expect(differing).toBeLessThanOrEqual(1);
  });

  test.each([
    ['fraud@9', 'Cannot compare "fraud@9": none of its streams has a baseline yet'],
    [join(folder, 'none.json'), 'Cannot read "'],
    [
      written('torn.json', '{"schema": "ml-drift-baseline/1", "cells":'),
      'torn.json": expected JSON; make one with telltale drift baseline build',
    ],
    [
      written('other.json', '{}'),
      'other.json": schema: expected "ml-drift-baseline/1"; make one with telltale drift baseline build',
    ],
    ['fraud', 'expected model@version of a running process, or a file or folder of baselines'],
  ])('%s is one clear sentence and exit code 1', async (side, message) => {
    const address = await serving(versions());
    const { warnings, exitCode } = await asking(() =>
      driftCompare(address, ['fraud@7', side], { isJson: false }),
    );
    expect(warnings.join('\n')).toContain(message);
    expect(exitCode).toBe(1);
  });
});
