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
describe('links', () => {
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

describe('what a newcomer finds', () => {
  const linked = (page: string): readonly string[] =>
    linksOf(read(page)).flatMap((link) => {
      const target = join(dirname(page), link.split('#')[0] ?? '');
      return target.endsWith('.md') && existsSync(join(ROOT, target)) ? [target] : [];
    });
  /** Pages by the number of links that lead there from the README. */
  const clicks = new Map([['README.md', 0]]);
  for (const [page, count] of clicks) {
    for (const target of linked(page)) if (!clicks.has(target)) clicks.set(target, count + 1);
  }

  test.for([
    ['How do I stop a false alarm?', 'docs/drift.md', 'how-to-stop-a-false-alarm'],
    ['Why is nothing in my traces?', 'docs/troubleshooting.md', 'nothing-is-in-my-traces'],
    ['How do I add a receiver?', 'docs/alert-service.md', 'how-to-add-a-receiver'],
  ] as const)('"%s" is answered within two clicks', ([, page, anchor]) => {
    expect(clicks.get(page)).toBeLessThanOrEqual(2);
    expect(anchorsOf(page)).toContain(anchor);
  });

  test('every page of docs is within three clicks', () => {
    const far = PAGES.filter((page) => page.startsWith('docs/')).filter(
      (page) => (clicks.get(page) ?? Infinity) > 3,
    );
    expect(far).toEqual([]);
  });

  test('a README of a page, not of a book', () => {
    expect(Buffer.byteLength(read('README.md'))).toBeLessThan(8.5 * 1024);
  });

  test.for([
    'CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE .editorconfig .github/CODEOWNERS'.split(' '),
    [
      ...'alert-service architecture compatibility drift performance recording start'.split(' '),
      ...'troubleshooting decisions/README'.split(' '),
      ...'attributes environment errors http-api metrics options spans-and-events'
        .split(' ')
        .map((name) => `reference/${name}`),
      ...'cluster docker kubernetes nestjs next pm2 scrape transformers worker-threads'
        .split(' ')
        .map((name) => `recipes/${name}`),
    ].map((name) => `docs/${name}.md`),
  ])('the pages are there: %s and others', (paths) => {
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test('every path that the architecture names exists', () => {
  const named = [...read('docs/architecture.md').matchAll(/`([\w.-]+\/[\w./-]*)`/gu)].map(
    (match) => match[1] ?? '',
  );
  expect(named.filter((path) => path.endsWith('.ts')).length).toBeGreaterThan(55);
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

describe('paths of the HTTP API in prose', () => {
  const API = 'docs/reference/http-api.md';
  const PATH = /(?<=[\s`'"(]|:\d{4})\/(?:monitoring|api\/v[12]|-)\/[\w{}./-]*[\w}]/gu;
  const pathsIn = (text: string): string[] => [...text.matchAll(PATH)].map((match) => match[0]);
  // A name in braces stands for one part of a path.
  const served = pathsIn(read(API)).map(
    (path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u'),
  );
  // Prometheus' own receiver, which the alert service does not have.
  const PROMETHEUS_ONLY = ['/api/v1/otlp'];
  const strangersIn = (text: string): string[] =>
    pathsIn(text).filter(
      (path) => !PROMETHEUS_ONLY.includes(path) && !served.some((pattern) => pattern.test(path)),
    );

  test.for(
    globSync(['*.md', '{docs,src,instrumentations,collector,deploy,grafana,examples}/**/*.md'], {
      cwd: ROOT,
      exclude: (path) => String(path).includes('node_modules') || path === 'CHANGELOG.md',
    }),
  )('%s names only paths that are served', (page) => {
    expect(strangersIn(read(page))).toEqual([]);
  });

  test('planted strangers are found, and parameters are no strangers', () => {
    const text =
      '`GET /monitoring/history`, http://127.0.0.1:9465/monitoring/alerts/0af3/ack (/-/stop)';
    expect(strangersIn(text)).toEqual(['/monitoring/history', '/-/stop']);
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
