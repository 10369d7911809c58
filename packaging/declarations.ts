import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

import type { Entry } from './manifest.ts';

/** The line that names a map of sources, which are not published. */
export const SOURCE_MAP: RegExp = /\n?\/\/# sourceMappingURL=.*\n?$/u;
const SPECIFIER = /(\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/gu;

/**
 * Copies the declarations that the typed entries reach, those of our own packages included, so that
 * a user needs no package of ours for its types alone.
 */
export function writeDeclarations(options: {
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly output: string;
}): void {
  const { folder, entries, output } = options;
  const resolve = createRequire(join(folder, 'package.json'));
  const written = new Map<string, string>();
  for (const { source, target, isTyped } of entries) {
    if (isTyped) copy(join(folder, 'dist/esm', `${source}.d.ts`), `${target}.d.ts`);
  }

  /** Copies one file and what it imports; returns its place below the output. */
  function copy(path: string, place: string): string {
    const known = written.get(path);
    if (known !== undefined) return known;
    written.set(path, place);
    const text = readFileSync(path, 'utf8')
      .replace(SOURCE_MAP, '\n')
      .replace(SPECIFIER, (whole, before: string, name: string) => {
        const target = declarationOf(path, name);
        if (target === undefined) return whole;
        const to = relative(dirname(place), copy(target.path, target.place));
        const link = to.startsWith('.') ? to : `./${to}`;
        return `${before}'${link.replace(/\.d\.ts$/u, '.js')}'`;
      });
    mkdirSync(dirname(join(output, place)), { recursive: true });
    writeFileSync(join(output, place), text);
    return place;
  }

  function declarationOf(
    importer: string,
    name: string,
  ): { readonly path: string; readonly place: string } | undefined {
    if (name.startsWith('.')) {
      const path = join(dirname(importer), name.replace(/\.(?:c?[jt]s)$/u, '.d.ts'));
      return { path, place: placeOf(path) };
    }
    if (!name.startsWith('@telltale/')) return undefined;
    const path = join(packageFolder(name), 'dist/esm', entryOf(name));
    return { path, place: placeOf(path) };
  }

  /** `dist/esm/a/b.d.ts` of this package stays `a/b.d.ts`; of another, below its name. */
  function placeOf(path: string): string {
    const [before = '', inside = ''] = path.split('/dist/esm/');
    return before === folder ? inside : join('types', basename(before), inside);
  }

  function packageFolder(name: string): string {
    const [scope = '', short = ''] = name.split('/');
    // The link in `node_modules` leads to the folder of the workspace.
    return dirname(resolve.resolve(`${scope}/${short}/package.json`));
  }

  function entryOf(name: string): string {
    const [, , ...rest] = name.split('/');
    const file = `${rest.length === 0 ? 'index' : rest.join('/')}.d.ts`;
    if (!existsSync(join(packageFolder(name), 'dist/esm', file))) {
      throw new Error(`Cannot find the declarations of "${name}": run tsc -b first`);
    }
    return file;
  }
}
