/**
 * Lays out what the OTel Operator copies into a pod: `autoinstrumentation.js`, which it makes Node.js
 * load first, and the packages behind it, with the versions of the lock file. The packages must have
 * been built.
 *
 *   node deploy/kubernetes/nodejs-image/build.ts FOLDER
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { filesBelow, problemsOf, TREE_BYTES_MAX } from './tree.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGE = join(ROOT, 'src/telltale');

/** Types and maps serve people who write code, which is not done in a pod. */
const isNeeded = (path: string): boolean => !/\.d\.[cm]?ts$|\.map$/u.test(path);

interface LockEntry {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The loader of the whole: CommonJS, so that nothing of the application is loaded before it. */
const LOADER = `'use strict';
// Loaded by --require in every Node.js process of the pod, before anything of the application.
require('telltale/register');
`;

function main(folder: string | undefined): void {
  if (folder === undefined) fail('Cannot build: name the folder to write to');
  if (!existsSync(join(PACKAGE, 'dist/cjs/register.js'))) {
    fail('Cannot build: src/telltale is not built; run "npm run build"');
  }
  const tree = resolve(folder);
  if (existsSync(tree) && !existsSync(join(tree, 'autoinstrumentation.js'))) {
    fail(`Cannot build: "${tree}" exists and was not made by this script`);
  }
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'node_modules'), { recursive: true });
  writeFileSync(join(tree, 'autoinstrumentation.js'), LOADER);
  // Else the package.json of whatever folder is above would decide what the loader is.
  writeFileSync(join(tree, 'package.json'), '{"private":true,"type":"commonjs"}\n');
  copyTelltale(join(tree, 'node_modules/telltale'));
  for (const path of dependenciesOf('src/telltale')) {
    cpSync(join(ROOT, path), join(tree, path), { recursive: true, filter: isNeeded });
  }
  for (const { path, isFolder } of filesBelow(tree)) chmodSync(path, isFolder ? 0o755 : 0o644);
  report(tree);
}

/** What the package publishes. */
function copyTelltale(target: string): void {
  const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  for (const path of ['package.json', 'LICENSE', ...manifest.files]) {
    cpSync(join(PACKAGE, path), join(target, path), { recursive: true, filter: isNeeded });
  }
}

/** Folders of everything that a package needs at run time, as the lock file placed them. */
function dependenciesOf(start: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  const found = new Set<string>();
  const visit = (from: string): void => {
    for (const name of Object.keys(packages[from]?.dependencies ?? {})) {
      const path = nearest(from, name, packages);
      if (found.has(path)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit(start);
  // What lies inside a package of the list came with it.
  return [...found].filter((path) => ![...found].some((other) => path.startsWith(`${other}/`)));
}

/** Where Node.js finds a package: in the nearest `node_modules` above. */
function nearest(
  from: string,
  name: string,
  packages: Readonly<Record<string, LockEntry>>,
): string {
  const folders = from.split('/');
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const path = [...folders.slice(0, depth), 'node_modules', name].join('/');
    if (path in packages) return path;
  }
  return fail(`Cannot build: package-lock.json lacks ${name}, which ${from} needs`);
}

function report(tree: string): void {
  const problems = problemsOf(tree);
  if (problems.length > 0) fail(`Cannot use the tree: ${problems.join('; ')}`);
  const files = filesBelow(tree).filter(({ isFolder }) => !isFolder);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  process.stdout.write(
    `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB of at most ${TREE_BYTES_MAX / 1e6} MB in ${tree}\n`,
  );
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

main(process.argv[2]);
