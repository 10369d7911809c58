import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml';

/** Reads blocks of one YAML file strictly; every complaint names file, line and key. */
export class YamlBlock {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #map: YAMLMap.Parsed;
  readonly #read = new Set<string>();

  private constructor(file: string, lines: LineCounter, map: YAMLMap.Parsed) {
    this.#file = file;
    this.#lines = lines;
    this.#map = map;
  }

  /** @throws {Error} when the text is not one YAML mapping without duplicate keys. */
  static parse(file: string, text: string): YamlBlock {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
    const fault = document.errors[0];
    if (fault !== undefined) throw new Error(`${file}: ${fault.message}`);
    if (!isMap(document.contents)) throw new Error(`${file}:1: expected a mapping`);
    return new YamlBlock(file, lines, document.contents as YAMLMap.Parsed);
  }

  get at(): string {
    return this.#place(this.#map);
  }

  fail(problem: string): never {
    throw new Error(`${this.at}: ${problem}`);
  }

  text(key: string): string {
    const value = this.optionalText(key);
    return value ?? this.fail(`"${key}" is missing`);
  }

  optionalText(key: string): string | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    throw new Error(`${this.#place(node)}: "${key}" must be a text`);
  }

  integer(key: string): number {
    const node = this.#node(key);
    if (isScalar(node) && Number.isInteger(node.value)) return Number(node.value);
    return this.fail(`"${key}" must be a whole number`);
  }

  flag(key: string): boolean {
    const node = this.#node(key);
    if (node === undefined) return false;
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    throw new Error(`${this.#place(node)}: "${key}" must be true or false`);
  }

  numbers(key: string): readonly number[] | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    const values = isSeq(node) ? node.items.map((item) => isScalar(item) && item.value) : [];
    if (values.length > 0 && values.every((value) => typeof value === 'number')) {
      return values as number[];
    }
    throw new Error(`${this.#place(node)}: "${key}" must be a list of numbers`);
  }

  oneOf<const Value extends string>(key: string, values: readonly Value[]): Value {
    const text = this.text(key);
    const found = values.find((value) => value === text);
    return found ?? this.fail(`"${key}" must be one of ${values.join(', ')}; got "${text}"`);
  }

  block(key: string): YamlBlock | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    if (isMap(node)) return this.#inner(node as YAMLMap.Parsed);
    throw new Error(`${this.#place(node)}: "${key}" must be a mapping`);
  }

  isMapping(key: string): boolean {
    return isMap(this.#map.get(key, true));
  }

  blocks(key: string): readonly YamlBlock[] {
    const node = this.#node(key);
    if (node === undefined) return [];
    if (!isSeq(node)) throw new Error(`${this.#place(node)}: "${key}" must be a list`);
    return node.items.map((item) => {
      if (isMap(item)) return this.#inner(item as YAMLMap.Parsed);
      throw new Error(`${this.#place(item as ParsedNode)}: "${key}" must be a list of mappings`);
    });
  }

  /** Complains of every key that nothing has asked for. */
  finish(): void {
    for (const { key } of this.#map.items) {
      if (isScalar(key) && !this.#read.has(String(key.value))) {
        throw new Error(`${this.#place(key)}: unknown key "${String(key.value)}"`);
      }
    }
  }

  #inner(map: YAMLMap.Parsed): YamlBlock {
    return new YamlBlock(this.#file, this.#lines, map);
  }

  #node(key: string): ParsedNode | undefined {
    this.#read.add(key);
    return this.#map.get(key, true) as ParsedNode | undefined;
  }

  #place(node: { readonly range?: readonly [number, ...unknown[]] | null }): string {
    return `${this.#file}:${this.#lines.linePos(node.range?.[0] ?? 0).line}`;
  }
}
