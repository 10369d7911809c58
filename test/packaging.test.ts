import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ROOT } from './support/tidy/source-file.ts';

interface PackageJson {
  readonly name: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly repository?: { readonly url: string; readonly directory: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const libraries = globSync('{src,instrumentations}/*/package.json', { cwd: ROOT })
  .map((path) => ({
    folder: dirname(path),
    manifest: JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as PackageJson,
  }))
  .filter(({ manifest }) => manifest.private !== true);

/** Paths that a packed library would hold. Needs a build, which `npm test` does first. */
function packedPaths(folder: string): readonly string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const parsed: unknown = JSON.parse(output);
  const [packed] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as {
    files: { path: string }[];
  }[];
  return (packed?.files ?? []).map((file) => file.path);
}

/** Files that a manifest's `exports` and `bin` promise, the development condition apart. */
function promisedPaths(manifest: PackageJson): readonly string[] {
  const leaves = (value: unknown, key = ''): string[] => {
    if (key === '@telltale/source') return [];
    if (typeof value === 'string') return [value];
    return Object.entries(value ?? {}).flatMap(([name, inner]) => leaves(inner, name));
  };
  return [...leaves(manifest.exports), ...leaves(manifest.bin)].map((path) =>
    path.replace('./', ''),
  );
}

const isForbidden = (path: string): boolean =>
  /(?:^|\/)(?:src|test|node_modules)\/|\.tsbuildinfo$|\.test\.|(?<!\.d)\.c?ts$/u.test(path);

/** Packages that a bundle requires from outside, by any call that has the name as text. */
const requiredIn = (code: string): readonly string[] =>
  [...code.matchAll(/\b(?:__)?require\([`"'](?<name>[@a-z][^`"']*)[`"']\)/gu)]
    .map(({ groups }) => groups?.['name'] ?? '')
    .filter((name) => !isBuiltin(name));

test('calls that a bundler does not see are found', () => {
  expect(requiredIn('a(__require(`@grpc/grpc-js`));require("node:fs");require("./x")')).toEqual([
    '@grpc/grpc-js',
  ]);
});

test('the libraries are found', () => {
  expect(libraries.length).toBeGreaterThanOrEqual(3);
});

describe.for(libraries)('$manifest.name', ({ folder, manifest }) => {
  const packed = packedPaths(folder);

  test('packs no source, test or build cache', () => {
    expect(packed.filter(isForbidden)).toEqual([]);
  });

  test('packs every file that its exports promise', () => {
    const missing = promisedPaths(manifest).filter((path) => !packed.includes(path));
    expect(missing).toEqual([]);
  });

  test('packs a README and the licence, and no source map', () => {
    expect(packed).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
    expect(packed.filter((path) => path.endsWith('.map'))).toEqual([]);
    const licence = (path: string): string => readFileSync(join(ROOT, path, 'LICENSE'), 'utf8');
    expect(licence(folder)).toBe(licence('.'));
  });

  test('names no source map that is not there', () => {
    const scripts = packed.filter((path) => /\.(?:js|cjs|ts)$/u.test(path));
    expect(scripts.length).toBeGreaterThan(0);
    const dangling = scripts.filter((path) =>
      readFileSync(join(ROOT, folder, path), 'utf8').includes('\n//# sourceMappingURL='),
    );
    expect(dangling).toEqual([]);
  });

  test('says what it is and where it comes from', () => {
    expect(manifest).toMatchObject({
      description: expect.any(String),
      keywords: expect.arrayContaining([expect.any(String)]),
      homepage: expect.stringContaining(folder),
      repository: { url: expect.stringMatching(/^git\+https:/u), directory: folder },
    });
  });

  test('asks for no version of OpenTelemetry', () => {
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const ours = Object.keys(manifest.dependencies ?? {}).filter((name) =>
      name.includes('telltale'),
    );
    expect(wanted.filter((name) => name.startsWith('@opentelemetry/'))).toEqual(
      manifest.peerDependencies === undefined ? [] : ['@opentelemetry/api'],
    );
    expect(ours).toEqual([]);
    if (manifest.peerDependencies === undefined) return;
    // Native code, which only who reads GPUs over NVML installs.
    const { koffi = '^3.3.0', ...peers } = manifest.peerDependencies;
    const { koffi: koffiMeta = { optional: true }, ...meta } = manifest.peerDependenciesMeta ?? {};
    expect([koffi, koffiMeta]).toEqual(['^3.3.0', { optional: true }]);
    expect(peers).toEqual({ '@opentelemetry/api': '>=1.0.0 <2' });
    expect(meta).toEqual({ '@opentelemetry/api': { optional: true } });
  });

  test('requires nothing that is not installed with it', () => {
    const installed = [
      manifest.name,
      ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    ];
    const required = packed
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => requiredIn(readFileSync(join(ROOT, folder, path), 'utf8')))
      .filter((name) => !installed.some((one) => name === one || name.startsWith(`${one}/`)));
    expect([...new Set(required)]).toEqual([]);
  });

  test('builds no file whose source is gone', () => {
    // Bundles have chunks of their own, and start from an empty folder.
    const isBundled = packed.includes('dist/THIRD-PARTY-LICENSES.txt');
    const orphans = (isBundled ? [] : packed)
      .filter((path) => /^dist\/(?:esm|cjs)\/.*\.(?:js|cjs)$/u.test(path))
      .filter((path) => {
        const stem = path.replace(/^dist\/(?:esm|cjs)\//u, 'src/').replace(/\.c?js$/u, '');
        return !['.ts', '.cts'].some((end) => existsSync(join(ROOT, folder, `${stem}${end}`)));
      });
    expect(orphans, `left of an older build: delete ${folder}/dist and build again`).toEqual([]);
  });
});

test('planted paths are forbidden', () => {
  const planted = [
    'src/index.ts',
    'dist/esm/.tsbuildinfo',
    'dist/esm/a.test.js',
    'dist/register.cts',
  ];
  expect(planted.filter(isForbidden)).toEqual(planted);
});
