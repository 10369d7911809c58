import { scanTokens } from './scanner.ts';
import { YamlSyntaxError } from './syntax-error.ts';
import type { YamlToken } from './token.ts';
import type { Place } from './tree.ts';

/** A node as it is written; aliases are not followed. */
export type YamlNode =
  | {
      readonly kind: 'scalar';
      readonly place: Place;
      readonly text: string;
      /** Without quotes and without a tag, so that an empty text means nothing is there. */
      readonly isPlain: boolean;
      readonly anchor: string | undefined;
    }
  | { readonly kind: 'alias'; readonly place: Place; readonly name: string }
  | {
      readonly kind: 'list';
      readonly place: Place;
      readonly anchor: string | undefined;
      readonly items: readonly YamlNode[];
    }
  | {
      readonly kind: 'map';
      readonly place: Place;
      readonly anchor: string | undefined;
      readonly pairs: readonly YamlPair[];
    };

export interface YamlPair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** The first document of a text, and whether more follows it. */
export interface YamlDocument {
  /** Absent when the text is empty. */
  readonly root?: YamlNode;
  readonly hasMore: boolean;
}

/** Collections inside each other. */
const DEPTH_MAX = 100;

/** Prometheus' reader is so many tokens ahead: a fault there hides what is wrong here. */
const LOOK_AHEAD = 2;

const DEFAULT_HANDLES = ['!', '!!', ''];

/** @throws {YamlSyntaxError} at the first fault of the first document. */
export function composeDocument(text: string): YamlDocument {
  return new Composer(scanTokens(text)).document();
}

class Composer {
  readonly #tokens: readonly YamlToken[];
  #next = 0;
  #depth = 0;
  readonly #handles = new Set(DEFAULT_HANDLES);

  constructor(tokens: readonly YamlToken[]) {
    this.#tokens = tokens;
  }

  document(): YamlDocument {
    if (this.#is('streamEnd')) return { hasMore: false };
    const root = this.#startDocument() ? this.#emptyOrNode(DOCUMENT_ENDS) : this.#node('block');
    if (this.#is('documentEnd')) this.#take();
    return { root, hasMore: this.#tokens[this.#next]?.kind !== 'streamEnd' };
  }

  /** @returns whether the document begins with `---`. */
  #startDocument(): boolean {
    let hasDirectives = false;
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'foreignVersion') this.#fail('found incompatible YAML document');
      if (token.kind === 'tagDirective') this.#handles.add(token.handle);
      else if (token.kind !== 'versionDirective') break;
      hasDirectives = true;
      this.#take();
    }
    if (this.#is('documentStart')) this.#take();
    else if (hasDirectives) this.#fail('did not find expected <document start>');
    else return false;
    return true;
  }

  /** A node, or an empty one in front of the tokens that end its place. */
  #emptyOrNode(ends: ReadonlySet<string>, context: Context = 'block'): YamlNode {
    const token = this.#peek();
    return ends.has(token.kind) ? emptyAt(token.place) : this.#node(context);
  }

  #node(context: Context): YamlNode {
    const first = this.#peek();
    if (first.kind === 'alias') {
      this.#take();
      return { kind: 'alias', place: first.place, name: first.name };
    }
    const { anchor, hasAny, hasType } = this.#properties();
    const token = this.#peek();
    const { place } = first;
    if (token.kind === 'scalar') {
      this.#take();
      const isPlain = token.isPlain && !hasType;
      return { kind: 'scalar', place, text: token.text, isPlain, anchor };
    }
    const open = OPENINGS[token.kind];
    if (open !== undefined && (open.context === undefined || isWithin(context, open.context))) {
      return this.#collection(open.reader, { place, anchor });
    }
    if (hasAny) {
      return { kind: 'scalar', place, text: '', isPlain: !hasType, anchor };
    }
    return this.#fail('did not find expected node content');
  }

  /** An anchor and a tag, in any order. */
  #properties(): Properties {
    let anchor: string | undefined;
    let tag: string | undefined;
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'anchor' && anchor === undefined) anchor = token.name;
      else if (token.kind === 'tag' && tag === undefined) {
        tag = token.handle + token.suffix;
        if (!this.#handles.has(token.handle)) this.#fail('found undefined tag handle');
      } else return { anchor, hasAny: (anchor ?? tag) !== undefined, hasType: !UNTYPED.has(tag) };
      this.#take();
    }
  }

  #collection(reader: Reader, head: Head): YamlNode {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#fail(`exceeded max depth of ${DEPTH_MAX}`);
    const node = this.#read(reader, head);
    this.#depth -= 1;
    return node;
  }

  #read(reader: Reader, head: Head): YamlNode {
    switch (reader) {
      case 'blockSequence':
        this.#take();
        return { kind: 'list', ...head, items: this.#blockItems() };
      case 'indentlessSequence':
        return { kind: 'list', ...head, items: this.#indentlessItems() };
      case 'blockMapping':
        this.#take();
        return { kind: 'map', ...head, pairs: this.#blockPairs() };
      case 'flowSequence':
        this.#take();
        return { kind: 'list', ...head, items: this.#flowItems() };
      case 'flowMapping':
        this.#take();
        return { kind: 'map', ...head, pairs: this.#flowPairs() };
    }
  }

  #blockItems(): YamlNode[] {
    const items: YamlNode[] = [];
    while (this.#is('blockEntry')) {
      this.#take();
      items.push(this.#emptyOrNode(ITEM_ENDS));
    }
    this.#expect('blockEnd', "did not find expected '-' indicator");
    return items;
  }

  /** Items at the column of the key that they belong to. */
  #indentlessItems(): YamlNode[] {
    const items: YamlNode[] = [];
    while (this.#is('blockEntry')) {
      this.#take();
      items.push(this.#emptyOrNode(INDENTLESS_ITEM_ENDS));
    }
    return items;
  }

  #blockPairs(): YamlPair[] {
    const pairs: YamlPair[] = [];
    while (this.#is('key')) {
      this.#take();
      const key = this.#emptyOrNode(BLOCK_PAIR_ENDS, 'blockValue');
      const hasValue = this.#is('value');
      if (hasValue) this.#take();
      const value = hasValue
        ? this.#emptyOrNode(BLOCK_PAIR_ENDS, 'blockValue')
        : emptyAt(this.#peek().place);
      pairs.push({ key, value });
    }
    this.#expect('blockEnd', 'did not find expected key');
    return pairs;
  }

  #flowItems(): YamlNode[] {
    const items: YamlNode[] = [];
    for (;;) {
      if (this.#is('flowSequenceEnd')) break;
      items.push(this.#is('key') ? this.#singlePair() : this.#node('flow'));
      if (this.#is('flowSequenceEnd')) break;
      this.#expect('flowEntry', "did not find expected ',' or ']'");
    }
    this.#take();
    return items;
  }

  /** `[a: b]` is a list of one mapping. */
  #singlePair(): YamlNode {
    const { place } = this.#peek();
    const pair = this.#flowPair(FLOW_ITEM_ENDS);
    return { kind: 'map', place, anchor: undefined, pairs: [pair] };
  }

  #flowPairs(): YamlPair[] {
    const pairs: YamlPair[] = [];
    for (;;) {
      if (this.#is('flowMappingEnd')) break;
      pairs.push(this.#is('key') ? this.#flowPair(FLOW_PAIR_ENDS) : this.#keyAlone());
      if (this.#is('flowMappingEnd')) break;
      this.#expect('flowEntry', "did not find expected ',' or '}'");
    }
    this.#take();
    return pairs;
  }

  #flowPair(ends: ReadonlySet<string>): YamlPair {
    this.#take();
    const key = this.#emptyOrNode(new Set([...ends, 'value']), 'flow');
    if (!this.#is('value')) return { key, value: emptyAt(this.#peek().place) };
    this.#take();
    return { key, value: this.#emptyOrNode(ends, 'flow') };
  }

  /** `{a}` is a mapping of `a` to nothing. */
  #keyAlone(): YamlPair {
    const key = this.#node('flow');
    return { key, value: emptyAt(this.#peek().place) };
  }

  #peek(): YamlToken {
    const last = this.#tokens.at(-1);
    if (last?.kind === 'error' && this.#next + LOOK_AHEAD >= this.#tokens.length - 1) {
      throw new YamlSyntaxError(last.place, last.message);
    }
    return this.#tokens[this.#next] ?? END;
  }

  #is(kind: YamlToken['kind']): boolean {
    return this.#peek().kind === kind;
  }

  #take(): void {
    this.#next += 1;
  }

  #expect(kind: YamlToken['kind'], message: string): void {
    if (!this.#is(kind)) this.#fail(message);
    this.#take();
  }

  #fail(message: string): never {
    throw new YamlSyntaxError(this.#peek().place, message);
  }
}

/** What stands in front of a node. */
interface Properties {
  readonly anchor: string | undefined;
  readonly hasAny: boolean;
  /** Has a tag that says what the node is. */
  readonly hasType: boolean;
}

/** No tag, and the tag `!`, which says nothing. */
const UNTYPED: ReadonlySet<string | undefined> = new Set([undefined, '!']);

/** What may stand here: block collections not inside flow, indentless lists only behind a key. */
type Context = 'flow' | 'block' | 'blockValue';

type Reader =
  | 'blockSequence'
  | 'indentlessSequence'
  | 'blockMapping'
  | 'flowSequence'
  | 'flowMapping';

interface Head {
  readonly place: Place;
  readonly anchor: string | undefined;
}

/** Tokens that open a collection, and the least context that it needs. */
const OPENINGS: Partial<
  Record<YamlToken['kind'], { readonly reader: Reader; readonly context?: Context }>
> = {
  flowSequenceStart: { reader: 'flowSequence' },
  flowMappingStart: { reader: 'flowMapping' },
  blockSequenceStart: { reader: 'blockSequence', context: 'block' },
  blockMappingStart: { reader: 'blockMapping', context: 'block' },
  blockEntry: { reader: 'indentlessSequence', context: 'blockValue' },
};

const CONTEXTS: readonly Context[] = ['flow', 'block', 'blockValue'];

const isWithin = (context: Context, needed: Context): boolean =>
  CONTEXTS.indexOf(context) >= CONTEXTS.indexOf(needed);

const END: YamlToken = { kind: 'streamEnd', place: { line: 1, column: 1 } };

const DOCUMENT_ENDS: ReadonlySet<string> = new Set([
  'versionDirective',
  'foreignVersion',
  'tagDirective',
  'documentStart',
  'documentEnd',
  'streamEnd',
]);
const ITEM_ENDS: ReadonlySet<string> = new Set(['blockEntry', 'blockEnd']);
const INDENTLESS_ITEM_ENDS: ReadonlySet<string> = new Set([...ITEM_ENDS, 'key', 'value']);
const BLOCK_PAIR_ENDS: ReadonlySet<string> = new Set(['key', 'value', 'blockEnd']);
const FLOW_ITEM_ENDS: ReadonlySet<string> = new Set(['flowEntry', 'flowSequenceEnd']);
const FLOW_PAIR_ENDS: ReadonlySet<string> = new Set(['flowEntry', 'flowMappingEnd']);

function emptyAt(place: Place): YamlNode {
  return { kind: 'scalar', place, text: '', isPlain: true, anchor: undefined };
}
