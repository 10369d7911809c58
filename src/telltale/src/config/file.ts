import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

import { type OptionRow, type OptionValue, type Problem, parseOption } from '@telltale/core';

import { nearestName } from './nearest-name.ts';

/** Bytes of a configuration file; more is surely another file. */
const FILE_BYTES_MAX = 1024 * 1024;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/gu;
/** `telltale.yaml` is shared with the alert service: only these sections are ours to check. */
const SECTIONS: readonly string[] = [
  'service',
  'export',
  'monitoring',
  'flush',
  'feedback',
  'logs',
  'privacy',
  'onnxruntime',
  'drift',
];
const SECTION_SLIP_EDITS = 2;

export interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, OptionValue>;
  /** `onnxruntime.models`, checked by `models.ts`. */
  readonly models: unknown;
  readonly problems: readonly Problem[];
  /** Adds where in the file the path of a problem stands, as far as it exists. */
  locate(problem: Problem): Problem;
}

export interface FileSource {
  readonly path: string;
  readonly text: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the named file, or `telltale.yaml` or `telltale.json` of the folder if there is one. */
export function findConfigFile(
  named: string | undefined,
  folder: string,
): FileSource | Problem | undefined {
  const candidates = named === undefined ? ['telltale.yaml', 'telltale.json'] : [named];
  for (const candidate of candidates) {
    const path = resolve(folder, candidate);
    try {
      const text = readFileSync(path, 'utf8');
      if (text.length > FILE_BYTES_MAX) {
        return { path, message: `Cannot read it: it is larger than ${FILE_BYTES_MAX} bytes` };
      }
      return { path, text };
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (named === undefined && code === 'ENOENT') continue;
      return { path, message: `Cannot read the configuration file: ${code ?? String(cause)}` };
    }
  }
  return undefined;
}

/** Reads the options out of YAML or JSON, which YAML contains. Collects every problem. */
export function parseConfigFile(
  source: FileSource,
  rows: readonly OptionRow[],
  env: Environment,
): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const reader = new FileReader(rows, env, lines);
  for (const error of document.errors) reader.report('', error.message, error.pos[0]);
  const root = document.contents;
  if (document.errors.length === 0 && root !== null) reader.readRoot(root);
  return {
    path: source.path,
    values: reader.values,
    models: reader.models,
    problems: reader.problems,
    locate: (problem) => {
      const offset = offsetOf(document, problem.path);
      if (offset === undefined) return problem;
      const { line, col } = lines.linePos(offset);
      return { ...problem, line, column: col };
    },
  };
}

/** The offset of `a.b[0].c`, or of the nearest part of it that exists. */
function offsetOf(document: Document, path: string): number | undefined {
  const parts = path.match(/[^.[\]]+/gu) ?? [];
  for (let length = parts.length; length > 0; length--) {
    const keys = parts.slice(0, length).map((part) => (/^\d+$/u.test(part) ? Number(part) : part));
    const node = document.getIn(keys, true) as Node | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0];
  }
  return undefined;
}

class FileReader {
  readonly values = new Map<string, OptionValue>();
  readonly problems: Problem[] = [];
  models: unknown;
  readonly #rows: ReadonlyMap<string, OptionRow>;
  readonly #groups: ReadonlySet<string>;
  readonly #env: Environment;
  readonly #lines: LineCounter;

  constructor(rows: readonly OptionRow[], env: Environment, lines: LineCounter) {
    const keyed = rows.filter((row) => row.key !== '' && row.key !== 'config');
    this.#rows = new Map(keyed.map((row) => [row.key, row]));
    this.#groups = new Set(keyed.flatMap((row) => parents(row.key)));
    this.#env = env;
    this.#lines = lines;
  }

  readRoot(root: Node): void {
    if (isMap(root)) this.#readMap(root, '');
    else this.report('', 'Cannot read the file: expected keys and values at the top', 0);
  }

  report(path: string, message: string, offset: number | undefined): void {
    const { line, col } = this.#lines.linePos(offset ?? 0);
    this.problems.push({ path, message, line, column: col });
  }

  #readMap(map: Node, prefix: string): void {
    if (!isMap(map)) return;
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const path = prefix === '' ? name : `${prefix}.${name}`;
      const offset = (key as Node | null)?.range?.[0];
      if (this.#isForeignSection(path, prefix)) continue;
      if (path === 'onnxruntime.models') this.models = (value as Node | null)?.toJSON();
      else if (this.#groups.has(path)) this.#readGroup(path, value as Node | null, offset);
      else this.#readOption(path, value as Node | null, offset);
    }
  }

  #readGroup(path: string, value: Node | null, offset: number | undefined): void {
    if (isMap(value)) this.#readMap(value, path);
    else if (value !== null && !(isScalar(value) && value.value === null)) {
      this.report(path, 'Cannot use it: expected keys below it', offset);
    }
  }

  #readOption(path: string, value: Node | null, offset: number | undefined): void {
    const row = this.#rows.get(path);
    if (row === undefined) {
      const nearest = nearestName(path, [...this.#rows.keys(), ...this.#groups]);
      const hint = nearest === undefined ? '' : `: the nearest valid name is ${nearest}`;
      this.report(path, `Cannot find an option of this name${hint}`, offset);
      return;
    }
    const text = this.#textOf(value);
    if (text === undefined) return;
    const parsed = parseOption(row, text);
    if (parsed.ok) this.values.set(path, parsed.value);
    else this.report(path, `Cannot use it: ${parsed.reason}`, value?.range?.[0] ?? offset);
  }

  /** The value as text with variables replaced; `undefined` for null, which means not set. */
  #textOf(value: Node | null): string | undefined {
    if (isSeq(value)) return (value.toJSON() as unknown[]).map(String).join(',');
    const raw = isScalar(value) ? value.value : value?.toJSON();
    if (raw === null || raw === undefined) return undefined;
    const text = typeof raw === 'object' ? JSON.stringify(raw) : String(raw);
    return text.replace(
      VARIABLE,
      (_, name: string, fallback: string = '') => this.#env[name] || fallback,
    );
  }

  #isForeignSection(path: string, prefix: string): boolean {
    if (prefix !== '' || this.#rows.has(path) || this.#groups.has(path)) return false;
    return nearestName(path, [...SECTIONS, ...this.#rows.keys()], SECTION_SLIP_EDITS) === undefined;
  }
}

/** `a.b.c` lies below `a` and `a.b`. */
function parents(key: string): string[] {
  const parts = key.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}
