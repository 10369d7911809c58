import { quoteGo } from '../go-string.ts';
import {
  type ChainNode,
  type CommandNode,
  type ControlNode,
  type ListNode,
  type OperandNode,
  type PipeNode,
  printNode,
  type StatementNode,
  type TemplateNode,
  type VariableNode,
} from './nodes.ts';
import { parseCharacterConstant, parseNumberConstant } from './number-constant.ts';
import type { Token, TokenKind } from './token.ts';
import { TokenCursor } from './token-cursor.ts';
import { unquoteGo } from './unquote.ts';

/** Blocks and parentheses inside each other; bounds the recursion of parser and executor. */
const NESTING_MAX = 250;

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

const TERM_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

const LITERALS: ReadonlySet<string> = new Set(['bool', 'string', 'number', 'nil', 'dot']);

class Parser {
  readonly #source: TemplateSource;
  readonly #functions: ParseOptions['functions'];
  readonly #cursor: TokenCursor;
  readonly #templates = new Map<string, TemplateDefinition>();
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #nesting = 0;

  constructor(text: string, options: ParseOptions) {
    this.#source = { name: options.name, text };
    this.#functions = options.functions;
    this.#cursor = new TokenCursor(text, options.name);
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
    const variables = this.#variables;
    const rangeDepth = this.#rangeDepth;
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const { list, ending } = this.#itemList();
    if (ending.kind !== 'end') this.#cursor.fail(`unexpected {{${ending.kind}}} in ${context}`);
    this.#variables = variables;
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
      const pipe = this.#pipeline('command', 'rightDelimiter');
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
    this.#enter();
    const scope = this.#variables.length;
    const pipe = this.#pipeline(kind, 'rightDelimiter');
    if (kind === 'range') this.#rangeDepth += 1;
    const { list, ending } = this.#itemList();
    if (kind === 'range') this.#rangeDepth -= 1;
    const elseList = ending.kind === 'else' ? this.#elseList(kind, ending) : undefined;
    this.#variables.length = scope;
    this.#nesting -= 1;
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
    const pipe = this.#pipeline('block clause', 'rightDelimiter');
    this.#enter();
    this.#add(name, this.#ownScope('block clause'));
    this.#nesting -= 1;
    return { kind: 'template', position: token.position, name, pipe };
  }

  #template(): TemplateNode {
    const token = this.#cursor.nextNonSpace();
    const name = this.#templateName(token, 'template clause');
    if (this.#cursor.peekNonSpace().kind === 'rightDelimiter') {
      this.#cursor.nextNonSpace();
      return { kind: 'template', position: token.position, name };
    }
    const pipe = this.#pipeline('template clause', 'rightDelimiter');
    return { kind: 'template', position: token.position, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString')
      this.#cursor.unexpected(token, context);
    return this.#cursor.attempt(() => unquoteGo(token.text));
  }

  #pipeline(context: string, end: TokenKind): PipeNode {
    const { position } = this.#cursor.peekNonSpace();
    const head = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#cursor.nextNonSpace();
      if (token.kind === end) break;
      if (!TERM_STARTS.has(token.kind)) this.#cursor.unexpected(token, context);
      this.#cursor.backUp();
      commands.push(this.#command());
    }
    this.#checkPipeline(commands, context);
    return { kind: 'pipe', position, ...head, commands };
  }

  #declarations(context: string): Pick<PipeNode, 'declarations' | 'isAssignment'> {
    const declarations: VariableNode[] = [];
    for (;;) {
      const start = this.#cursor.mark;
      const token = this.#cursor.nextNonSpace();
      const isVariable = token.kind === 'variable';
      const next = isVariable ? this.#cursor.nextNonSpace() : token;
      if (isVariable && (next.kind === 'assign' || next.kind === 'declare')) {
        this.#declare(token, declarations);
        return { declarations, isAssignment: next.kind === 'assign' };
      }
      if (!isVariable || next.text !== ',') {
        this.#cursor.rewind(start);
        return { declarations, isAssignment: false };
      }
      this.#declare(token, declarations);
      this.#checkMoreDeclarations(declarations.length, context);
    }
  }

  /** Only a `range` declares two variables. */
  #checkMoreDeclarations(count: number, context: string): void {
    if (context !== 'range' || count >= 2) {
      this.#cursor.fail(`too many declarations in ${context}`);
    }
    const { kind } = this.#cursor.peekNonSpace();
    if (kind !== 'variable' && kind !== 'rightDelimiter' && kind !== 'rightParen') {
      this.#cursor.fail('range can only initialize variables');
    }
  }

  #declare(token: Token, declarations: VariableNode[]): void {
    declarations.push({ kind: 'variable', position: token.position, names: token.text.split('.') });
    this.#variables.push(token.text);
  }

  #checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.#cursor.fail(`missing value for ${context}`);
    for (const [index, command] of commands.entries()) {
      if (index > 0 && LITERALS.has(command.args[0].kind)) {
        this.#cursor.fail(`non executable command in pipeline stage ${index + 1}`);
      }
    }
  }

  #command(): CommandNode {
    const { position } = this.#cursor.peekNonSpace();
    const args: OperandNode[] = [];
    for (;;) {
      this.#cursor.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#cursor.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelimiter' || token.kind === 'rightParen') this.#cursor.backUp();
      else if (token.kind !== 'pipe') this.#cursor.unexpected(token, 'operand');
      break;
    }
    const [first, ...rest] = args;
    if (first === undefined) this.#cursor.fail('empty command');
    return { kind: 'command', position, args: [first, ...rest] };
  }

  #operand(): OperandNode | undefined {
    const node = this.#term();
    const { kind, position } = this.#cursor.peek();
    if (node === undefined || kind !== 'field') return node;
    const names: string[] = [];
    while (this.#cursor.peek().kind === 'field') names.push(this.#cursor.next().text.slice(1));
    if (node.kind === 'field' || node.kind === 'variable') {
      return { kind: node.kind, position, names: [...node.names, ...names] };
    }
    if (LITERALS.has(node.kind)) {
      this.#cursor.fail(`unexpected . after term ${quoteGo(printNode(node))}`);
    }
    const chain: ChainNode = { kind: 'chain', position, node, names };
    return chain;
  }

  #term(): OperandNode | undefined {
    const start = this.#cursor.mark;
    const token = this.#cursor.nextNonSpace();
    const { kind, position, text } = token;
    if (kind === 'identifier') {
      if (!this.#functions.has(text)) {
        this.#cursor.fail(`function ${quoteGo(text)} not defined`);
      }
      return { kind, position, name: text };
    }
    if (kind === 'variable') {
      if (!this.#variables.includes(text)) {
        this.#cursor.fail(`undefined variable ${quoteGo(text)}`);
      }
      return { kind, position, names: [text] };
    }
    if (kind === 'field') return { kind, position, names: [text.slice(1)] };
    if (kind === 'dot' || kind === 'nil') return { kind, position };
    if (kind === 'leftParen') return this.#parenthesised();
    const literal = this.#cursor.attempt(() => literalNode(token));
    if (literal === undefined) this.#cursor.rewind(start);
    return literal;
  }

  #parenthesised(): PipeNode {
    this.#enter();
    const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
    this.#nesting -= 1;
    return pipe;
  }

  #enter(): void {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX) this.#cursor.fail('max expression depth exceeded');
  }
}

function literalNode({ kind, position, text }: Token): OperandNode | undefined {
  if (kind === 'bool') return { kind, position, value: text === 'true' };
  if (kind === 'charConstant') return parseCharacterConstant(text, position);
  if (kind === 'number') return parseNumberConstant(text, position);
  if (kind !== 'string' && kind !== 'rawString') return undefined;
  return { kind: 'string', position, source: text, value: unquoteGo(text) };
}

function isKeyword(token: Token, word: string): boolean {
  return token.kind === 'keyword' && token.text === word;
}

/** Whether a template has nothing but spaces, which never replaces one that has more. */
export function isEmptyTemplate(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
