import { quoteGo } from '../../go-string.ts';
import {
  type ChainNode,
  type CommandNode,
  type OperandNode,
  type PipeNode,
  printNode,
  type VariableNode,
} from './nodes.ts';
import { parseCharacterConstant, parseNumberConstant } from './number-constant.ts';
import type { Token, TokenKind } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { unquoteGo } from './unquote.ts';

/** Blocks and parentheses inside each other; bounds the recursion of parser and executor. */
const NESTING_MAX = 250;

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

/** Reads pipelines, and keeps what they may name: functions and the variables in sight. */
export class PipelineParser {
  variables: string[] = ['$'];
  readonly #cursor: TokenCursor;
  readonly #functions: { has(name: string): boolean };
  #nesting = 0;

  constructor(cursor: TokenCursor, functions: { has(name: string): boolean }) {
    this.#cursor = cursor;
    this.#functions = functions;
  }

  /** @param context what messages call the place. @param end what ends the pipeline. */
  pipeline(context: string, end: TokenKind): PipeNode {
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
    this.variables.push(token.text);
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
      if (!this.variables.includes(text)) {
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
    this.enter();
    const pipe = this.pipeline('parenthesized pipeline', 'rightParen');
    this.leave();
    return pipe;
  }

  /** @throws {TemplateError} when blocks and parentheses stand too deep inside each other. */
  enter(): void {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX) this.#cursor.fail('max expression depth exceeded');
  }

  leave(): void {
    this.#nesting -= 1;
  }
}

function literalNode({ kind, position, text }: Token): OperandNode | undefined {
  if (kind === 'bool') return { kind, position, value: text === 'true' };
  if (kind === 'charConstant') return parseCharacterConstant(text, position);
  if (kind === 'number') return parseNumberConstant(text, position);
  if (kind !== 'string' && kind !== 'rawString') return undefined;
  return { kind: 'string', position, source: text, value: unquoteGo(text) };
}
