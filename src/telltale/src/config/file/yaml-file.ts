// What reads YAML, as a file of this package: `#yaml-file` names it. It is loaded where there is a file.
import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  YAMLParseError,
} from 'yaml';

import {
  ALERT_SERVICE_KEY,
  APPLICATION_KEYS,
  isFreeKey,
  type OptionRow,
  type OptionValue,
  type Problem,
  parseOption,
} from '@telltale/core';

import { nearestName } from '../nearest-name.ts';
import type { ConfigFile, FileSource } from './file.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/gu;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the options out of YAML or JSON, which YAML contains. Collects every problem. */
export function parseConfigFile(
  source: FileSource,
  rows: readonly OptionRow[],
  env: Environment,
): ConfigFile {
  const lines = new LineCounter();
  const document = readDocument(source.text, lines);
  const reader = new FileReader(rows, env, { document, lines });
  for (const error of document.errors) {
    reader.report('', isTooDeep(error) ? TOO_DEEP : error.message, error.pos[0]);
  }
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

const TOO_DEEP = 'Cannot read it: it is nested too deeply';

/** The parser calls itself, and so does what reads its nodes: the stack ends at some depth. */
const isTooDeep = ({ message }: Error): boolean => message.startsWith('Maximum call stack');

/** A document without a value that holds itself, or that is nested too deeply to be walked. */
function readDocument(text: string, lines: LineCounter): Document {
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
    });
    visit(document, {
      Alias: (_, alias, path) => {
        const target = alias.resolve(document);
        if (target === undefined || !path.includes(target)) return;
        const [start, end] = alias.range ?? [0, 0];
        const message = `Cannot read it: "${alias.source}" holds itself`;
        document.errors.push(new YAMLParseError([start, end], 'BAD_ALIAS', message));
      },
    });
    return document;
  } catch (error) {
    if (!isTooDeep(error as Error)) throw error;
    const document = new Document();
    document.errors.push(new YAMLParseError([0, 0], 'IMPOSSIBLE', TOO_DEEP));
    return document;
  }
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
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(
    rows: readonly OptionRow[],
    env: Environment,
    { document, lines }: { readonly document: Document; readonly lines: LineCounter },
  ) {
    const keyed = rows.filter((row) => row.key !== '' && row.key !== 'config');
    this.#rows = new Map(keyed.map((row) => [row.key, row]));
    this.#groups = new Set(keyed.flatMap((row) => parents(row.key)));
    this.#env = env;
    this.#document = document;
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
    for (const { key, value: written } of this.#items(map)) {
      const name = isScalar(key) ? String(key.value) : '';
      const value = this.#resolved(written);
      const path = prefix === '' ? name : `${prefix}.${name}`;
      const offset = (key as Node | null)?.range?.[0];
      if (isForeign(path, prefix, written)) continue;
      if (path === 'onnxruntime.models') this.models = this.#plain(value);
      else if (this.#groups.has(path)) this.#readGroup(path, value, offset);
      else this.#readOption(path, value, offset);
    }
  }

  /** The entries of a map; those that `<<` merges come first, so that its own replace them. */
  #items(map: Node): readonly Pair[] {
    if (!isMap(map)) return [];
    const isMerge = ({ key }: Pair): boolean => isScalar(key) && String(key.value) === '<<';
    const merged = map.items.filter(isMerge).flatMap(({ value }) => {
      const from = this.#resolved(value);
      // The first of several wins.
      const maps = isSeq(from)
        ? from.items.toReversed().map((each) => this.#resolved(each))
        : [from];
      return maps.flatMap((each) => (isMap(each) && each !== map ? each.items : []));
    });
    return [...merged, ...map.items.filter((item) => !isMerge(item))];
  }

  /** A node as plain values; nothing, and a problem, when an alias in it cannot be read. */
  #plain(node: Node | null): unknown {
    try {
      return node?.toJS(this.#document) as unknown;
    } catch (cause) {
      this.report('', `Cannot read it: ${(cause as Error).message}`, node?.range?.[0]);
      return undefined;
    }
  }

  /** What an alias stands for; nothing, and a problem, when there is no anchor of its name. */
  #resolved(value: unknown): Node | null {
    if (!isAlias(value)) return value as Node | null;
    const found = value.resolve(this.#document) as Node | undefined;
    if (found !== undefined) return found;
    this.report('', `Cannot read it: no anchor "${value.source}" before this`, value.range?.[0]);
    return null;
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
    const raw = isScalar(value) ? value.value : this.#plain(value);
    if (Array.isArray(raw)) return raw.map(String).join(',');
    if (raw === null || raw === undefined) return undefined;
    const text =
      typeof raw === 'object' ? JSON.stringify(raw) : String(raw as string | number | boolean);
    return text.replace(
      VARIABLE,
      (_, name: string, fallback: string = '') => this.#env[name] || fallback,
    );
  }
}

/** The alert service's section, and values that are written once and named elsewhere. */
function isForeign(path: string, prefix: string, value: unknown): boolean {
  if (prefix !== '') return false;
  const hasAnchor = isNode(value) && 'anchor' in value && value.anchor !== undefined;
  return (
    path === ALERT_SERVICE_KEY || isFreeKey(path) || (hasAnchor && !APPLICATION_KEYS.has(path))
  );
}

/** `a.b.c` lies below `a` and `a.b`. */
function parents(key: string): string[] {
  const parts = key.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** A whole document as plain values, or why it cannot be read. */
export function parseYaml(text: string): { readonly value: unknown } | { readonly error: string } {
  const document = readDocument(text, new LineCounter());
  const [error] = document.errors;
  if (error !== undefined) return { error: isTooDeep(error) ? TOO_DEEP : error.message };
  try {
    return { value: document.toJS() as unknown };
  } catch (cause) {
    return { error: (cause as Error).message };
  }
}
