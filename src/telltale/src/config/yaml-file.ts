// What reads YAML, as a file of this package: `#yaml-file` names it. It is loaded where there is a file.
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

import { type OptionRow, type OptionValue, type Problem, parseOption } from '@telltale/core';

import type { ConfigFile, FileSource } from './file.ts';
import { nearestName } from './nearest-name.ts';

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

type Environment = Readonly<Record<string, string | undefined>>;

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

/** A whole document as plain values, or why it cannot be read. */
export function parseYaml(text: string): { readonly value: unknown } | { readonly error: string } {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  return error === undefined ? { value: document.toJS() as unknown } : { error: error.message };
}
