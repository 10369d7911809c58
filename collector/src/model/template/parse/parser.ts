import { quoteGo } from '../../go-string.ts';
import type { ControlNode, ListNode, StatementNode, TemplateNode } from './nodes.ts';
import { PipelineParser } from './pipeline-parser.ts';
import type { Token } from './token.ts';
import { TokenCursor } from './token-cursor.ts';
import { unquoteGo } from './unquote.ts';

export interface ParseOptions {
  /** Names the template in messages. */
  readonly name: string;
  readonly functions: { has(name: string): boolean };
}

/** Where a template was written, for the places that messages name. */
export interface TemplateSource {
  readonly name: string;
  readonly text: string;
}

export interface TemplateDefinition {
  readonly list: ListNode;
  readonly source: TemplateSource;
}

/** Parsed templates by name: the main one and those that `define` and `block` add. */
export type TemplateSet = ReadonlyMap<string, TemplateDefinition>;

/**
 * Parses a Go template.
 *
 * @throws {TemplateError} `template: NAME:LINE: what is wrong`.
 */
export function parseTemplateText(text: string, options: ParseOptions): TemplateSet {
  return new Parser(text, options).run();
}

interface EndOf<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

type Ending = EndOf<'end'> | EndOf<'else'>;

interface Body {
  readonly list: ListNode;
  readonly ending: Ending;
}

type Statement = StatementNode | Ending;

class Parser {
  readonly #source: TemplateSource;
  readonly #cursor: TokenCursor;
  readonly #pipelines: PipelineParser;
  readonly #templates = new Map<string, TemplateDefinition>();
  #rangeDepth = 0;

  constructor(text: string, options: ParseOptions) {
    this.#source = { name: options.name, text };
    this.#cursor = new TokenCursor(text, options.name);
    this.#pipelines = new PipelineParser(this.#cursor, options.functions);
  }

  run(): TemplateSet {
    const nodes: StatementNode[] = [];
    const { position } = this.#cursor.peek();
    while (this.#cursor.peek().kind !== 'end of file') {
      if (this.#acceptDefinition()) continue;
      const statement = this.#statement();
      if (statement.kind === 'end' || statement.kind === 'else') {
        this.#cursor.fail(`unexpected {{${statement.kind}}}`);
      }
      nodes.push(statement);
    }
    this.#add(this.#source.name, { kind: 'list', position, nodes });
    return this.#templates;
  }

  #add(name: string, list: ListNode): void {
    const known = this.#templates.get(name);
    if (known === undefined || isEmptyTemplate(known.list)) {
      this.#templates.set(name, { list, source: this.#source });
    } else if (!isEmptyTemplate(list))
      this.#cursor.fail(`template: multiple definition of template ${quoteGo(name)}`);
  }

  #acceptDefinition(): boolean {
    const start = this.#cursor.mark;
    if (this.#cursor.peek().kind === 'leftDelimiter') {
      this.#cursor.next();
      const token = this.#cursor.nextNonSpace();
      if (isKeyword(token, 'define')) {
        this.#definition();
        return true;
      }
    }
    this.#cursor.rewind(start);
    return false;
  }

  #definition(): void {
    const token = this.#cursor.nextNonSpace();
    const name = this.#templateName(token, 'define clause');
    this.#cursor.expect('rightDelimiter', 'define clause');
    this.#add(name, this.#ownScope('define clause'));
  }

  /** A body whose variables and ranges are its own, as a `define` or a `block` has. */
  #ownScope(context: string): ListNode {
    const variables = this.#pipelines.variables;
    const rangeDepth = this.#rangeDepth;
    this.#pipelines.variables = ['$'];
    this.#rangeDepth = 0;
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#cursor.fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#pipelines.variables = variables;
    this.#rangeDepth = rangeDepth;
    return list;
  }

  #itemList(): Body {
    const { position } = this.#cursor.peekNonSpace();
    const nodes: StatementNode[] = [];
    while (this.#cursor.peekNonSpace().kind !== 'end of file') {
      const statement = this.#statement();
      if (statement.kind === 'end' || statement.kind === 'else') {
        return { list: { kind: 'list', position, nodes }, ending: statement };
      }
      nodes.push(statement);
    }
    this.#cursor.fail('unexpected EOF');
  }

  #statement(): Statement {
    const token = this.#cursor.nextNonSpace();
    if (token.kind === 'text') {
      return { kind: 'text', position: token.position, text: token.text };
    }
    if (token.kind !== 'leftDelimiter') this.#cursor.unexpected(token, 'input');
    this.#cursor.actionLine = token.line;
    const statement = this.#action();
    this.#cursor.actionLine = 0;
    return statement;
  }

  #action(): Statement {
    const token = this.#cursor.peekNonSpace();
    if (token.kind !== 'keyword') {
      const pipe = this.#pipelines.pipeline('command', 'rightDelimiter');
      return { kind: 'action', position: token.position, pipe };
    }
    this.#cursor.nextNonSpace();
    switch (token.text) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#jump(token, token.text);
      case 'else':
        return this.#else();
      case 'end':
        return { kind: 'end', position: this.#cursor.expect('rightDelimiter', 'end').position };
      case 'if':
      case 'range':
      case 'with':
        return this.#control(token.text);
      case 'template':
        return this.#template();
      default:
        return this.#cursor.unexpected(token, 'command');
    }
  }

  #jump(token: Token, kind: 'break' | 'continue'): Statement {
    const next = this.#cursor.nextNonSpace();
    if (next.kind !== 'rightDelimiter') this.#cursor.unexpected(next, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#cursor.fail(`{{${kind}}} outside {{range}}`);
    return { kind, position: token.position };
  }

  #else(): Ending {
    const next = this.#cursor.peekNonSpace();
    if (isKeyword(next, 'if') || isKeyword(next, 'with')) {
      return { kind: 'else', position: next.position };
    }
    return { kind: 'else', position: this.#cursor.expect('rightDelimiter', 'else').position };
  }

  #control(kind: ControlNode['kind']): ControlNode {
    this.#pipelines.enter();
    const scope = this.#pipelines.variables.length;
    const pipe = this.#pipelines.pipeline(kind, 'rightDelimiter');
    if (kind === 'range') this.#rangeDepth += 1;
    const { list, ending } = this.#itemList();
    if (kind === 'range') this.#rangeDepth -= 1;
    const elseList = ending.kind === 'else' ? this.#elseList(kind, ending) : undefined;
    this.#pipelines.variables.length = scope;
    this.#pipelines.leave();
    const node = { kind, position: pipe.position, pipe, list };
    return elseList === undefined ? node : { ...node, elseList };
  }

  #elseList(kind: ControlNode['kind'], ending: Ending): ListNode {
    const token = this.#cursor.peek();
    if ((kind === 'if' || kind === 'with') && isKeyword(token, kind)) {
      this.#cursor.next();
      return { kind: 'list', position: ending.position, nodes: [this.#control(kind)] };
    }
    const body = this.#itemList();
    if (body.ending.kind !== 'end')
      this.#cursor.fail(`expected end; found {{${body.ending.kind}}}`);
    return body.list;
  }

  #block(): TemplateNode {
    const token = this.#cursor.nextNonSpace();
    const name = this.#templateName(token, 'block clause');
    const pipe = this.#pipelines.pipeline('block clause', 'rightDelimiter');
    this.#pipelines.enter();
    this.#add(name, this.#ownScope('block clause'));
    this.#pipelines.leave();
    return { kind: 'template', position: token.position, name, pipe };
  }

  #template(): TemplateNode {
    const token = this.#cursor.nextNonSpace();
    const name = this.#templateName(token, 'template clause');
    if (this.#cursor.peekNonSpace().kind === 'rightDelimiter') {
      this.#cursor.nextNonSpace();
      return { kind: 'template', position: token.position, name };
    }
    const pipe = this.#pipelines.pipeline('template clause', 'rightDelimiter');
    return { kind: 'template', position: token.position, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString')
      this.#cursor.unexpected(token, context);
    return this.#cursor.attempt(() => unquoteGo(token.text));
  }
}

function isKeyword(token: Token, word: string): boolean {
  return token.kind === 'keyword' && token.text === word;
}

/** Whether a template has nothing but spaces, which never replaces one that has more. */
export function isEmptyTemplate(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
