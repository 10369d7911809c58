import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOCKERFILE = readFileSync(join(ROOT, 'collector/Dockerfile'), 'utf8');
const IMAGE_MB_MAX = 60;

let image = '';

function bytesBelow(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}

interface LockEntry {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The folders that `npm ci` of the Dockerfile installs: dependencies of dependencies, no peers. */
function runtimePackages(): readonly string[] {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, LockEntry> };
  const found = new Set<string>();
  const visit = (from: string): void => {
    for (const name of Object.keys(packages[from]?.dependencies ?? {})) {
      const path = nearest(from, name, packages);
      const entry = packages[path];
      if (entry === undefined || found.has(path)) continue;
      found.add(path);
      visit(entry.link === true ? (entry.resolved ?? '') : path);
    }
  };
  visit('collector');
  return [...found];
}

/** Where Node finds a package: in the nearest `node_modules` above. */
function nearest(from: string, name: string, packages: Record<string, LockEntry>): string {
  const folders = from.split('/');
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const path = [...folders.slice(0, depth), 'node_modules', name].join('/');
    if (packages[path] !== undefined) return path;
  }
  throw new Error(`Cannot find ${name}, which ${from} needs, in the lock file`);
}

/** Runs Node until it says that it is ready, or ends by itself. @returns what it wrote */
async function untilReady(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(process.execPath, args, options);
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.includes('is ready')) child.kill('SIGTERM');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

/** Lays out what the Dockerfile copies into the last stage, without a container engine. */
beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'telltale-image-'));
  const packages = runtimePackages().filter((path) => !path.includes('@telltale/'));
  if (packages.length < 10) throw new Error('npm lists no packages');
  for (const path of packages) cpSync(join(ROOT, path), join(image, path), { recursive: true });
  for (const [name, folder] of [
    ['core', 'src/core'],
    ['statistics', 'src/statistics'],
    ['baseline-tool', 'src/baseline-tool'],
  ] as const) {
    if (!DOCKERFILE.includes(`/build/${folder}/dist`)) throw new Error(`${folder} is not copied`);
    const target = join(image, folder);
    mkdirSync(target, { recursive: true });
    mkdirSync(join(image, 'node_modules/@telltale'), { recursive: true });
    symlinkSync(target, join(image, 'node_modules/@telltale', name));
    cpSync(join(ROOT, folder, 'package.json'), join(target, 'package.json'));
    cpSync(join(ROOT, folder, 'dist'), join(target, 'dist'), { recursive: true });
  }
  mkdirSync(join(image, 'collector'), { recursive: true });
  cpSync(join(ROOT, 'collector/package.json'), join(image, 'collector/package.json'));
  cpSync(join(ROOT, 'collector/dist'), join(image, 'collector/dist'), { recursive: true });
});

afterAll(() => rmSync(image, { recursive: true, force: true }));

test('the image installs what the service runs on, and nothing else', () => {
  expect(DOCKERFILE).toContain(
    'npm ci --omit=dev --omit=peer --omit=optional --workspace @telltale/collector',
  );
  for (const name of ['typescript', 'vitest', '@biomejs/biome', 'onnxruntime-node', 'node']) {
    expect([name, existsSync(join(image, 'node_modules', name))]).toEqual([name, false]);
  }
});

test(`its own layers stay below ${IMAGE_MB_MAX} MB`, () => {
  expect(bytesBelow(image) / 2 ** 20).toBeLessThan(IMAGE_MB_MAX);
});

test('it starts with a configuration only, and data goes to the volume', async () => {
  expect(DOCKERFILE).toContain('ENV TELLTALE_DATA_DIR=/data');
  expect(DOCKERFILE).toContain('VOLUME /data');
  const volume = join(image, 'data');
  const config = join(image, 'etc');
  mkdirSync(volume);
  mkdirSync(config);
  writeFileSync(
    join(config, 'telltale.yaml'),
    `collector: {listen: {otlp: '', api: ''}, notify: {receivers: [{name: log, type: log}]}}\n`,
  );
  const main = join(image, 'collector/dist/main.js');
  const output = await untilReady([main, 'serve', '--config', join(config, 'telltale.yaml')], {
    cwd: volume,
    env: { PATH: process.env['PATH'], TELLTALE_DATA_DIR: volume },
  });
  expect(output).toContain('The alert service is ready');
  expect(readdirSync(config)).toEqual(['telltale.yaml']);
  expect(readdirSync(volume)).toContain('telltale.db');
});

test('a data folder that cannot be made is one clear line', () => {
  const config = join(image, 'bad.yaml');
  writeFileSync(
    config,
    `collector: {data_dir: '/dev/null/telltale', listen: {otlp: '', api: ''}}\n`,
  );
  const main = join(ROOT, 'collector/dist/main.js');
  expect(() =>
    execFileSync(process.execPath, [main, 'serve', '--config', config], {
      encoding: 'utf8',
      timeout: 20_000,
    }),
  ).toThrow(
    /Cannot make or write the data folder "\/dev\/null\/telltale": .*set collector\.data_dir to a folder/u,
  );
});
