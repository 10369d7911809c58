import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { OPTIONS } from 'telltale';
import { describe, expect, test } from 'vitest';

import { ATTRIBUTES, EVENTS, METRICS, promName, SPANS } from '@telltale/core';

import { fillTables, tableNames } from './support/docs/readme.ts';
import { READMES } from './support/docs/readmes.ts';
import { TABLES } from './support/docs/tables.ts';
import { ROOT } from './support/tidy/source-file.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('generated tables', () => {
  test.for(READMES)('%s is what the registry says (npm run docs)', (path) => {
    expect(read(path)).toBe(fillTables(read(path), TABLES));
  });

  test('every table stands in some README', () => {
    const shown = new Set(READMES.flatMap((path) => tableNames(read(path))));
    expect(Object.keys(TABLES).filter((name) => !shown.has(name))).toEqual([]);
  });

  test('a table without a maker is found', () => {
    expect(() => fillTables('<!-- table: nothing -->\nx\n<!-- end -->', TABLES)).toThrow(
      'Cannot fill the table "nothing": no such table',
    );
  });
});

const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (path) => /(?:^|\/)(?:node_modules|dist|\.cache|\.git)(?:\/|$)/u.test(String(path)),
}).toSorted();

describe('links', () => {
  const linksOf = (text: string): string[] =>
    [...text.replaceAll(/```[\s\S]*?```/gu, '').matchAll(/\]\(([^)\s]+)\)/gu)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^(?:https?:|mailto:)/u.test(link));
  const anchorsOf = (path: string): readonly string[] =>
    [...read(path).matchAll(/^#+ (.*)$/gmu)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/gu, '')
        .replaceAll(' ', '-'),
    );
  const isDead = (page: string, link: string): boolean => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : join(dirname(page), file);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  };

  test.for(PAGES)('%s leads nowhere dead', (page) => {
    expect(linksOf(read(page)).filter((link) => isDead(page, link))).toEqual([]);
  });

  test('a dead link is found', () => {
    expect(isDead('README.md', 'docs/nothing.md')).toBe(true);
    expect(isDead('README.md', 'docs/drift.md#nothing')).toBe(true);
    expect(isDead('README.md', 'docs/drift.md#how-to-stop-a-false-alarm')).toBe(false);
  });
});

test('every path that the architecture names exists', () => {
  const named = [...read('docs/architecture.md').matchAll(/`([\w.-]+\/[\w./-]*)`/gu)].map(
    (match) => match[1] ?? '',
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

describe('names in prose', () => {
  const known = new Set([
    ...[...METRICS, ...ATTRIBUTES, ...EVENTS].map((row) => row.name),
    ...METRICS.map(({ name, unit, instrument }) => promName({ name, unit, kind: instrument })),
    ...SPANS.map((row) => row.name),
  ]);
  // Variables of commands of this repository, which no option row has.
  const variables = new Set([
    ...OPTIONS.flatMap((row) => row.env ?? []),
    'TELLTALE_TEMPO_BIN',
    'TELLTALE_CHROMIUM',
  ]);
  const strangersIn = (text: string): string[] => [
    ...[...text.matchAll(/`((?:ml|telltale)\.[a-z_.]*[a-z])`/gu)]
      .map((match) => match[1] ?? '')
      .filter((name) => !known.has(name) && !/\.(?:yaml|json|ts)$/u.test(name)),
    ...[...text.matchAll(/\bTELLTALE_[A-Z_]+\b/gu)]
      .map((match) => match[0])
      .filter((name) => !variables.has(name)),
  ];

  test.for(READMES.filter((path) => path !== 'collector/README.md'))(
    '%s names nothing that does not exist',
    (path) => {
      expect(strangersIn(read(path))).toEqual([]);
    },
  );

  test('planted strangers are found', () => {
    expect(strangersIn('`ml.inference.speed` and TELLTALE_MAGIC')).toEqual([
      'ml.inference.speed',
      'TELLTALE_MAGIC',
    ]);
  });
});

test('every TELLTALE variable that a source reads has an option row', () => {
  const variables = new Set(OPTIONS.flatMap((row) => row.env ?? []));
  const sources = globSync('{src,instrumentations}/*/src/**/*.{ts,cts}', { cwd: ROOT });
  expect(sources.length).toBeGreaterThan(20);
  const strangers = sources.flatMap((path) =>
    [...read(path).matchAll(/env\['(TELLTALE_[A-Z_]+)'\]/gu)]
      .map((match) => match[1] ?? '')
      .filter((name) => !variables.has(name))
      .map((name) => `${path} reads ${name}`),
  );
  expect(strangers).toEqual([]);
});

test('names and units of the registry are valid instruments, each once', () => {
  const names = METRICS.map((row) => row.name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names.filter((name) => !/^[A-Za-z][\w.\-/]{0,254}$/u.test(name))).toEqual([]);
  const attributes = ATTRIBUTES.map((row) => row.name);
  expect(attributes.filter((name, index) => attributes.indexOf(name) !== index)).toEqual([]);
  const counters = METRICS.filter(
    (row) => row.name.endsWith('total') || row.name.endsWith('_total'),
  );
  expect(counters).toEqual([]);
});

test('no metric name is also a namespace of another metric', () => {
  // OpenTelemetry itself has `hw.temperature` beside `hw.temperature.limit`.
  const names = METRICS.map((row) => row.name).filter((name) => !name.startsWith('hw.'));
  const isNested = (name: string): boolean => names.some((other) => other.startsWith(`${name}.`));
  // `ml.queue.wait.duration` beside `ml.queue.size` is fine; `ml.x` beside `ml.x.y` is not.
  expect(names.filter(isNested)).toEqual([]);
});
