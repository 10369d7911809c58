import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Inside {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/iu;

/**
 * The names, versions and licence texts of all packages of others that the modules belong to;
 * packages with the same text share it.
 *
 * @throws when a package states no licence: then it cannot be given to others.
 */
export function licencesOf(modules: ReadonlySet<string>): string {
  const folders = new Set<string>();
  for (const path of modules) {
    if (path.includes('/node_modules/')) folders.add(packageFolder(path));
  }
  const byText = new Map<string, Inside[]>();
  for (const inside of [...folders].map(read).toSorted((a, b) => a.name.localeCompare(b.name))) {
    byText.set(inside.text, [...(byText.get(inside.text) ?? []), inside]);
  }
  const sections = [...byText].map(([text, packages]) => {
    const list = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${list.join('\n')}\n\n${text}`;
  });
  const count = [...byText.values()].flat().length;
  const head = `This package contains ${count} packages of others, unchanged but for what bundling does.`;
  return [head, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`).concat('\n');
}

/** The nearest folder above a module with a named and versioned `package.json`. */
function packageFolder(path: string): string {
  let folder = dirname(path);
  while (folder !== dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      'version' in (JSON.parse(readFileSync(manifest, 'utf8')) as object)
    ) {
      return folder;
    }
    folder = dirname(folder);
  }
  throw new Error(`Cannot find the package of "${path}"`);
}

function read(folder: string): Inside {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const { name, version, license } = manifest;
  const file = readdirSync(folder).find((one) => LICENCE_FILE.test(one));
  if (license === undefined) throw new Error(`Cannot bundle ${name}: it states no licence`);
  const text =
    file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8');
  return { name, version, license, text: text.trim() };
}
