import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getCallSites } from 'node:util';

const API = '@opentelemetry/api';
/** The oldest copy of the API that tools of today bring. */
const OLDEST = '1.9.0';
const FOLDERS_MAX = 8;
const SCRIPT_BYTES_MAX = 32 * 1024 * 1024;
/** The version is one text constant of the API, also in a bundle. */
const VERSION_CONSTANT = /VERSION\s*[:=]\s*["'`](1\.\d+\.\d+)["'`]/gu;
/** The words of the check that asks for the version; since 1.10 the constant stands before them. */
const INLINED_CHECK = /["'`](1\.\d+\.\d+)["'`](?=[^;]{0,120}Registration of version)/u;

/** By script, because a tool registers several signals. */
const known = new Map<string, string | undefined>();

/**
 * The version of the copy of the API that is registering now, found from the file that its code is
 * in: the package around it or, in a bundle, its text.
 *
 * @param first the version that the first registrant gave, for where nothing is found.
 */
export function registrantVersion(first: unknown): string {
  // 0 is this function, 1 the accessor that calls it, 2 the API.
  const script = getCallSites(3, { sourceMap: false })[2]?.scriptName ?? '';
  if (!known.has(script)) known.set(script, versionAround(script));
  return (
    known.get(script) ?? versionOfApplication() ?? (typeof first === 'string' ? first : OLDEST)
  );
}

function versionAround(script: string): string | undefined {
  try {
    const path = script.startsWith('file:') ? fileURLToPath(script) : script;
    return versionOfPackage(path) ?? versionInText(path);
  } catch {
    // Code without a file, such as a page of a bundler's development server.
    return undefined;
  }
}

function versionOfPackage(path: string): string | undefined {
  let folder = dirname(path);
  for (let i = 0; i < FOLDERS_MAX && folder !== dirname(folder); i++) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name === API) return manifest.version;
    folder = dirname(folder);
  }
  return undefined;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/** @throws when the script cannot be read. */
function versionInText(path: string): string | undefined {
  const text = readFileSync(path, 'utf8').slice(0, SCRIPT_BYTES_MAX);
  const inlined = INLINED_CHECK.exec(text)?.[1];
  if (inlined !== undefined) return inlined;
  // SDKs of major version 1 have such a constant too, and those are above 1.10.
  const versions = [...text.matchAll(VERSION_CONSTANT)].map(([, version = '']) => version);
  return versions.find((version) => Number(version.split('.')[1]) < 15) ?? versions[0];
}

function versionOfApplication(): string | undefined {
  try {
    return versionOfPackage(createRequire(join(process.cwd(), 'package.json')).resolve(API));
  } catch {
    return undefined;
  }
}
