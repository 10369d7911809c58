import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import {
  API_VERSION,
  AUTO_INSTRUMENTATIONS_VERSION,
  MAIN_NODE,
  NODE_VERSIONS,
  OLD_ORT_VERSIONS,
  ORT_VERSION,
  TRANSFORMERS_VERSION,
} from './versions.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Ignored by Git; deleting it only costs the next run its time. */
const CACHE = join(ROOT, '.cache/matrix');

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;

/** Folders of the package and of all packages of this workspace that it needs, directly or not. */
function packagesOf(name: string): readonly string[] {
  const folders = globSync('{src,instrumentations}/*/package.json', { cwd: ROOT }).map(dirname);
  const byName = new Map(folders.map((folder) => [manifestOf(folder).name, folder]));
  const found = new Set<string>();
  const add = (wanted: string): void => {
    const folder = byName.get(wanted);
    if (folder === undefined || found.has(folder)) return;
    for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) add(dependency);
    found.add(folder);
  };
  add(name);
  return [...found];
}

/** Folders of projects, each as a user would have it, and the Node.js binaries. */
export interface Installed {
  /** The packed Telltale, auto-instrumentations and the newest ONNX Runtime. */
  readonly base: string;
  /** Folders below `base` with another ONNX Runtime, by version. */
  readonly oldRuntimes: ReadonlyMap<string, string>;
  /** A folder below `base` with `@huggingface/transformers`. */
  readonly transformers: string;
  readonly nodes: ReadonlyMap<string, string>;
}

export async function install(log: (line: string) => void): Promise<Installed> {
  log('building and packing');
  const packages = packagesOf('telltale');
  await buildAll(packages);
  const tarballs = await packAll(packages);
  const base = join(CACHE, 'project');
  log('installing the project');
  await npmInstall(base, {
    ...tarballs,
    '@opentelemetry/api': API_VERSION,
    '@opentelemetry/auto-instrumentations-node': AUTO_INSTRUMENTATIONS_VERSION,
    '@opentelemetry/sdk-node': '0.301.0',
    'onnxruntime-node': ORT_VERSION,
  });
  const oldRuntimes = new Map<string, string>();
  for (const version of OLD_ORT_VERSIONS) {
    log(`installing onnxruntime-node ${version}`);
    const folder = join(base, `with-ort-${version}`);
    await npmInstall(folder, { 'onnxruntime-node': version });
    oldRuntimes.set(version, folder);
  }
  log('installing @huggingface/transformers');
  const transformers = join(base, 'with-transformers');
  await npmInstall(transformers, { '@huggingface/transformers': TRANSFORMERS_VERSION });
  const nodes = await installNodes(log);
  return { base, oldRuntimes, transformers, nodes };
}

async function installNodes(log: (line: string) => void): Promise<ReadonlyMap<string, string>> {
  const nodes = new Map<string, string>();
  const binaryPackage = `node-${process.platform}-${process.arch}`;
  for (const version of NODE_VERSIONS) {
    if (version === MAIN_NODE && process.versions.node === MAIN_NODE) {
      nodes.set(version, process.execPath);
      continue;
    }
    log(`installing Node.js ${version}`);
    const folder = join(CACHE, `node-${version}`);
    await npmInstall(folder, { [binaryPackage]: version });
    nodes.set(version, join(folder, 'node_modules', binaryPackage, 'bin/node'));
  }
  return nodes;
}

async function buildAll(packages: readonly string[]): Promise<void> {
  await run('tsc', ['-b', ...packages], { cwd: ROOT });
  for (const path of packages) {
    await run('npm', ['run', 'build:cjs', '--silent'], { cwd: join(ROOT, path) });
  }
}

/** Packs every library; the name of a tarball holds the hash of its content. */
async function packAll(packages: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const folder = join(CACHE, 'packs');
  mkdirSync(folder, { recursive: true });
  const packed: Record<string, string> = {};
  for (const path of packages) {
    const cwd = join(ROOT, path);
    const { name } = manifestOf(path);
    const { stdout } = await run(
      'npm',
      ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
      { cwd },
    );
    const plain = join(folder, stdout.trim().split('\n').at(-1) ?? '');
    const hash = createHash('sha256').update(readFileSync(plain)).digest('hex').slice(0, 12);
    const hashed = plain.replace(/\.tgz$/u, `-${hash}.tgz`);
    writeFileSync(hashed, readFileSync(plain));
    rmSync(plain);
    packed[name] = `file:${hashed}`;
  }
  return packed;
}

/** Installs once for a set of dependencies. Install scripts download things, so none runs. */
async function npmInstall(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies }, undefined, 2);
  const path = join(folder, 'package.json');
  const marker = join(folder, '.installed');
  const isDone = existsSync(marker) && readFileSync(marker, 'utf8') === manifest;
  if (isDone) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, manifest);
  rmSync(join(folder, 'package-lock.json'), { force: true });
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...flags, '--legacy-peer-deps'], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  writeFileSync(marker, manifest);
}
