import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Check } from './check.ts';

/** Folders looked at; beyond it the answer is incomplete and says so. */
const FOLDERS_MAX = 50_000;

interface PackageCopy {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

export interface PackageTree {
  readonly copies: readonly PackageCopy[];
  readonly isComplete: boolean;
}

/** Finds every copy of the named packages below `node_modules` of the folder and of those above. */
export function findPackages(folder: string, names: readonly string[]): PackageTree {
  const wanted = new Set(names);
  const seen = new Set<string>();
  const copies: PackageCopy[] = [];
  const queue = ancestors(folder).map((path) => join(path, 'node_modules'));
  while (queue.length > 0 && seen.size < FOLDERS_MAX) {
    const modules = queue.shift() ?? '';
    for (const { name, path } of packagesIn(modules)) {
      if (seen.has(path)) continue;
      seen.add(path);
      if (wanted.has(name)) copies.push({ name, version: versionOf(path), path });
      const nested = join(path, 'node_modules');
      if (existsSync(nested)) queue.push(nested);
    }
  }
  return { copies, isComplete: queue.length === 0 };
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function packagesIn(modules: string): { readonly name: string; readonly path: string }[] {
  return entries(modules).flatMap((entry) => {
    const path = join(modules, entry);
    if (!entry.startsWith('@')) return [{ name: entry, path: real(path) }];
    return entries(path).map((inner) => ({
      name: `${entry}/${inner}`,
      path: real(join(path, inner)),
    }));
  });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((entry) => !entry.startsWith('.'));
  } catch {
    return [];
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function versionOf(path: string): string {
  try {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof manifest.version === 'string' ? manifest.version : 'unknown';
  } catch {
    return 'unknown';
  }
}

export const OTEL_PACKAGES: readonly string[] = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-node',
  '@opentelemetry/instrumentation',
  '@opentelemetry/auto-instrumentations-node',
];

export const ORT_PACKAGES: readonly string[] = ['onnxruntime-node', 'onnxruntime-common'];

/** The versions of the API that are served: all of them register in one process, see `ApiGlobals`. */
const API_SERVED = /^1\./u;

/** Telltale brings its own copy of the API and serves those that are there. */
export function checkOtel(tree: PackageTree): Check {
  const name = 'OpenTelemetry';
  const copies = tree.copies.filter((copy) => OTEL_PACKAGES.includes(copy.name));
  const details = copies.map(describe);
  const apis = [
    ...new Set(
      copies.filter((copy) => copy.name === '@opentelemetry/api').map(({ version }) => version),
    ),
  ];
  if (apis.length === 0) {
    return { name, status: 'ok', message: 'no @opentelemetry/api but the one inside', details };
  }
  const strange = apis.filter((version) => !API_SERVED.test(version));
  if (strange.length > 0) {
    const message = `@opentelemetry/api ${strange.join(', ')} is not served: only >=1.0.0 <2 is`;
    return { name, status: 'warn', message, details };
  }
  return { name, status: 'ok', message: `@opentelemetry/api ${apis.join(', ')}`, details };
}

const ORT_SUPPORTED = /^1\.(?:1[4-9]|[2-9]\d)\./u;

/** Each copy of ONNX Runtime is watched by itself; versions that are not known are left alone. */
export function checkOrt(tree: PackageTree): Check {
  const name = 'ONNX Runtime';
  const copies = tree.copies.filter((copy) => ORT_PACKAGES.includes(copy.name));
  const details = copies.map(describe);
  const runtimes = copies.filter((copy) => copy.name === 'onnxruntime-node');
  if (runtimes.length === 0) {
    return { name, status: 'warn', message: 'onnxruntime-node is not installed here', details };
  }
  const strange = runtimes.filter(({ version }) => !ORT_SUPPORTED.test(version));
  const versions = [...new Set(runtimes.map(({ version }) => version))].join(', ');
  if (strange.length > 0) {
    const message = `${versions}; only >=1.14.0 <2 is watched`;
    return { name, status: 'warn', message, details };
  }
  return { name, status: 'ok', message: versions, details };
}

const describe = ({ name, version, path }: PackageCopy): string => `${name} ${version}  ${path}`;
