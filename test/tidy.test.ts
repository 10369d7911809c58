import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  foreignImports,
  importCircles,
  impurities,
  LAYERS,
  layerViolations,
  PACKAGE_IMPORTS,
  staleAllowances,
} from './support/tidy/layers.ts';
import { ROOT, sourceFile, sourcesBelow } from './support/tidy/source-file.ts';
import { badFileNames, bannedWords, unclearWords } from './support/tidy/wording.ts';

const folders = Object.keys(PACKAGE_IMPORTS).filter((folder) =>
  existsSync(join(ROOT, folder, 'src')),
);
const libraries = folders.flatMap((folder) => sourcesBelow(`${folder}/src`));
const everything = [
  ...libraries,
  ...['test', 'bench', 'examples'].flatMap((folder) => sourcesBelow(folder)),
];
const withoutTidy = everything.filter((file) => !/\/tidy[./]/u.test(`/${file.path}`));

describe('layers', () => {
  test.for(folders)('%s imports only what its row allows', (folder) => {
    expect(foreignImports(folder, sourcesBelow(`${folder}/src`))).toEqual([]);
  });

  test.for(folders)('%s needs every import its row allows', (folder) => {
    expect(staleAllowances(folder, sourcesBelow(`${folder}/src`))).toEqual([]);
  });

  test.for(Object.keys(LAYERS))('no file of %s imports a higher layer or a sibling', (folder) => {
    expect(layerViolations(folder, sourcesBelow(folder))).toEqual([]);
  });

  test.for(Object.entries(LAYERS))('an import that climbs in %s is found', ([folder, rows]) => {
    const [low = '', high = ''] = [rows[0]?.[0], rows.at(-1)?.[0]];
    const inside = (layer: string): string => {
      if (/\.tsx?$/u.test(layer)) return layer;
      return layer === '*' ? 'planted.ts' : `${layer}/planted.ts`;
    };
    const path = `${folder}/${inside(low)}`;
    const target = `${folder}/${inside(high)}`;
    const name = relative(dirname(path), target);
    const planted = { path, text: '', imports: [name.startsWith('.') ? name : `./${name}`] };
    expect(layerViolations(folder, [planted])).toEqual([`${path} imports ${target}`]);
  });

  test('no file imports itself by way of others, types included', () => {
    expect(importCircles(everything)).toEqual([]);
  });

  test('pure folders have no clock, randomness, process, timer or I/O', () => {
    expect(impurities(libraries)).toEqual([]);
  });
});

describe('wording', () => {
  test('no source says a banned word', () => {
    expect(bannedWords(withoutTidy)).toEqual([]);
  });

  test('no source, page or shipped text leaves open who does what', () => {
    const texts = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter((path) => /\.(?:c?tsx?|md|ya?ml|tpl|sh)$/u.test(path) && !path.includes('/tidy'))
      .filter((path) => !path.startsWith('test/golden/') && existsSync(join(ROOT, path)));
    expect(texts.length).toBeGreaterThan(500);
    const found = texts.flatMap((path) =>
      unclearWords(path, readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  test('file names are kebab-case and say what is inside', () => {
    expect(badFileNames(everything.map((file) => file.path))).toEqual([]);
  });
});

describe('completeness', () => {
  test.for(folders)('%s has a README and tests', (folder) => {
    expect({
      readme: existsSync(join(ROOT, folder, 'README.md')),
      tests: globSync(`test/${folder}/**/*.test.ts`, { cwd: ROOT }).length > 0,
    }).toEqual({ readme: true, tests: true });
  });

  test('every test folder below a package mirrors a source folder', () => {
    const strays = globSync(`test/{${folders.join(',')}}/**/*.test.ts`, { cwd: ROOT })
      .map((path) => {
        const folder = folders.find((name) => path.startsWith(`test/${name}/`)) ?? '';
        const rest = path.slice(`test/${folder}/`.length).split('/').slice(0, -1).join('/');
        return join(folder, 'src', rest);
      })
      .filter((folder) => !existsSync(join(ROOT, folder)));
    expect(strays).toEqual([]);
  });

  test.for(
    readdirSync(join(ROOT, 'collector/src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  )('collector/src/%s has a README', (folder) => {
    expect(existsSync(join(ROOT, 'collector/src', folder, 'README.md'))).toBe(true);
  });
});

test('no tracked file is larger than 400 KiB, the lockfile apart', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(tracked.length).toBeGreaterThan(50);
  const large = tracked.filter(
    (path) =>
      path !== 'package-lock.json' &&
      existsSync(join(ROOT, path)) &&
      statSync(join(ROOT, path)).size > 400 * 1024,
  );
  expect(large).toEqual([]);
});

test('the tools run on the Node that .node-version names', () => {
  const wanted = execFileSync('cat', [join(ROOT, '.node-version')], { encoding: 'utf8' }).trim();
  expect(process.version).toBe(`v${wanted}`);
});

describe('planted violations are found', () => {
  const file = (path: string, text: string) => [sourceFile(path, text)];

  test('an import that no row allows', () => {
    expect(
      foreignImports('src/core', file('src/core/src/a.ts', "import fs from 'node:fs';")),
    ).toEqual(['src/core/src/a.ts imports node:fs']);
  });

  test('an upward import', () => {
    const planted = file('collector/src/model/a.ts', "import { App } from '../app.ts';");
    expect(layerViolations('collector/src', planted)).toEqual([
      'collector/src/model/a.ts imports collector/src/app.ts',
    ]);
  });

  test('a circle of types', () => {
    const planted = [
      ...file('a/b.ts', "import type { C } from './c.ts';"),
      ...file('a/c.ts', "import type { D } from '../d.ts';"),
      ...file('d.ts', "import type { B } from './a/b.ts';\nimport './e.ts';"),
      ...file('e.ts', ''),
    ];
    expect(importCircles(planted)).toEqual(['a/b.ts <-> a/c.ts <-> d.ts']);
  });

  test('an import between pure siblings', () => {
    const planted = file(
      'collector/src/rules/a.ts',
      "import type { Store } from '../storage/store.ts';",
    );
    expect(layerViolations('collector/src', planted)).toEqual([
      'collector/src/rules/a.ts imports collector/src/storage/store.ts',
    ]);
  });

  test('a channel that a stage imports', () => {
    const planted = file('collector/src/notify/stages/a.ts', "import '../channels/log.ts';");
    expect(layerViolations('collector/src', planted)).toEqual([
      'collector/src/notify/stages/a.ts imports collector/src/notify/channels/log.ts',
    ]);
  });

  test.for([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'process.env',
    'setTimeout(f)',
    'performance.now()',
  ])('%s in a pure folder', (code) => {
    expect(impurities(file('collector/src/promql/a.ts', `export const x = ${code};`))).toHaveLength(
      1,
    );
  });

  test('a Node module in a pure folder', () => {
    expect(impurities(file('collector/src/storage/a.ts', "import fs from 'node:fs';"))).toEqual([
      'collector/src/storage/a.ts imports node:fs',
    ]);
  });

  test.for([
    '// TODO later',
    'class MetricCollector {}',
    'test.only(',
    '// oxlint-disable-next-line',
    'const startTimer: typeof setTimeout = setTimeout;',
  ])('the words %s', (text) => {
    expect(bannedWords(file('src/core/src/a.ts', text))).toHaveLength(1);
  });

  test.for(['// Somebody waits', 'starts anew', 'Whoever asks', 'kept for ever', 'nobody waits'])(
    'the unclear words of %s',
    (text) => {
      expect(unclearWords('docs/a.md', `clear\n${text}`)).toHaveLength(1);
    },
  );

  test.for(['src/core/src/someFile.ts', 'src/core/src/utils.ts', 'src/core/src/helpers/a.ts'])(
    'the file name %s',
    (path) => {
      expect(badFileNames([path])).toEqual([path]);
    },
  );

  test('keys joined from parts, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-lint-'));
    const planted = `export function streamKey(a: string, b: string): string {
  return \`\${a}/\${b}\`;
}
export const rowKey = (parts: readonly string[]): string => parts.join('\\n');
export const find = (map: Map<string, number>, a: string, b: string) => map.get(a + ':' + b);
export const anywhere = (a: string, b: string): string => \`\${a}\\u00ff\${b}\`;
export const message = (a: string, b: string): string => \`\${a} is not \${b}\`;
export const shownKey = (a: string): string => \`key \${a}\`;
`;
    writeFileSync(join(folder, 'planted.ts'), planted);
    const config = join(ROOT, '.oxlintrc.json');
    const bin = join(ROOT, 'node_modules/.bin/oxlint');
    const lint = spawnSync(bin, ['-c', config, '--format', 'json', folder], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const found = JSON.parse(lint.stdout) as {
      diagnostics: { code: string; labels: { span: { line: number } }[] }[];
    };
    const lines = found.diagnostics
      .filter(({ code }) => code === 'telltale(no-joined-keys)')
      .map(({ labels }) => labels[0]?.span.line);
    expect(new Set(lines)).toEqual(new Set([2, 4, 5, 6]));
  });

  test('an allowance that nothing uses', () => {
    const planted = file(
      'instrumentations/runtime/src/a.ts',
      "import '@telltale/core';\nimport '@telltale/instrument';\nimport 'node:fs';",
    );
    expect(staleAllowances('instrumentations/runtime', planted)).toEqual([
      'instrumentations/runtime no longer imports @opentelemetry/*',
    ]);
  });
});
