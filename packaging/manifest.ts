/** The part of a `package.json` that decides what is published. */
export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Files besides the exports that are loaded when they are needed, by `#name`. */
  readonly imports?: Readonly<Record<string, unknown>>;
}

/** A file of `src` that users reach, and the file of `dist/cjs` that they get, without endings. */
export interface Entry {
  readonly source: string;
  readonly target: string;
  /** Whether its declarations are published. */
  readonly isTyped: boolean;
}

interface Conditions {
  readonly '@telltale/source'?: string;
  readonly default?: string | object;
}

const SOURCE = /^\.\/src\/(.+)\.c?ts$/u;
const TARGET = /^\.\/dist\/cjs\/(.+)\.js$/u;

const targetOf = (target: Conditions['default']): string | undefined =>
  typeof target === 'string' ? TARGET.exec(target)?.[1] : undefined;

/**
 * Every export and `#import` that names a source, and every program in `bin`.
 *
 * @throws when a source has no target in `dist/cjs`.
 */
export function sourceEntries({ exports, imports = {}, bin = {} }: Manifest): readonly Entry[] {
  const pairs = [...Object.entries(exports), ...Object.entries(imports)].flatMap(([name, leaf]) => {
    const { '@telltale/source': source, default: target } = leaf as Conditions;
    if (source === undefined) return [];
    const entry = { source: SOURCE.exec(source)?.[1], target: targetOf(target) };
    if (entry.source === undefined || entry.target === undefined) {
      throw new Error(`Cannot publish "${name}": its default is no file of ./dist/cjs`);
    }
    const isTyped = !name.startsWith('#') && JSON.stringify(leaf).includes('"types"');
    return [{ source: entry.source, target: entry.target, isTyped }];
  });
  const programs = Object.values(bin).map((path) => {
    const target = TARGET.exec(path)?.[1] ?? '';
    return { source: target, target, isTyped: false };
  });
  return [...pairs, ...programs];
}

/**
 * The source of an export, as a path below `src` without its ending.
 *
 * @throws when the package has no such export, or one without a source.
 */
export function sourceOf({ name, exports }: Manifest, path: string): string {
  const leaf = exports[path] as Conditions | undefined;
  const source = SOURCE.exec(leaf?.['@telltale/source'] ?? '')?.[1];
  if (source === undefined) throw new Error(`Cannot find the source of "${path}" in ${name}`);
  return source;
}

/**
 * Exports without a source condition are CommonJS as written (`.cts`): they are copied, with their
 * declarations, from `dist/esm` to `dist/cjs`. Pairs of names.
 */
export function copiedFiles({ exports }: Manifest): readonly (readonly [string, string])[] {
  return Object.values(exports).flatMap((leaf) => {
    if (typeof leaf === 'string' || '@telltale/source' in (leaf as Conditions)) return [];
    const target = targetOf((leaf as Conditions).default);
    if (target === undefined) return [];
    return [
      [`${target}.cjs`, `${target}.js`],
      [`${target}.d.cts`, `${target}.d.ts`],
    ] as const;
  });
}
