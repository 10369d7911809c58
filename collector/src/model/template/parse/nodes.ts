import { quoteGo } from '../../go-string.ts';

interface NodeBase {
  /** Offset into the template in UTF-16 code units. */
  readonly position: number;
}

export interface BoolNode extends NodeBase {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface DotNode extends NodeBase {
  readonly kind: 'dot';
}

export interface NilNode extends NodeBase {
  readonly kind: 'nil';
}

/** A constant. `integer` and `float` are what it may become, by the type the context wants. */
export interface NumberNode extends NodeBase {
  readonly kind: 'number';
  readonly text: string;
  readonly integer?: bigint;
  readonly float?: number;
}

export interface StringNode extends NodeBase {
  readonly kind: 'string';
  readonly source: string;
  readonly value: string;
}

export interface IdentifierNode extends NodeBase {
  readonly kind: 'identifier';
  readonly name: string;
}

/** `.a.b`: `names` without the dots. */
export interface FieldNode extends NodeBase {
  readonly kind: 'field';
  readonly names: readonly string[];
}

/** `$x.a.b`: the first name keeps its dollar sign. */
export interface VariableNode extends NodeBase {
  readonly kind: 'variable';
  readonly names: readonly string[];
}

/** `(pipeline).a.b`. */
export interface ChainNode extends NodeBase {
  readonly kind: 'chain';
  readonly node: OperandNode;
  readonly names: readonly string[];
}

export interface CommandNode extends NodeBase {
  readonly kind: 'command';
  readonly args: readonly [OperandNode, ...OperandNode[]];
}

export interface PipeNode extends NodeBase {
  readonly kind: 'pipe';
  readonly declarations: readonly VariableNode[];
  /** `=` instead of `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly CommandNode[];
}

export type OperandNode =
  | BoolNode
  | DotNode
  | NilNode
  | NumberNode
  | StringNode
  | IdentifierNode
  | FieldNode
  | VariableNode
  | ChainNode
  | PipeNode;

export interface TextNode extends NodeBase {
  readonly kind: 'text';
  readonly text: string;
}

export interface ActionNode extends NodeBase {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}

export type ControlNode = ControlOf<'if'> | ControlOf<'with'> | ControlOf<'range'>;

interface ControlOf<Kind extends string> extends NodeBase {
  readonly kind: Kind;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList?: ListNode;
}

export interface TemplateNode extends NodeBase {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe?: PipeNode;
}

export interface BreakNode extends NodeBase {
  readonly kind: 'break';
}

export interface ContinueNode extends NodeBase {
  readonly kind: 'continue';
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly nodes: readonly StatementNode[];
}

export type StatementNode =
  | TextNode
  | ActionNode
  | ControlNode
  | TemplateNode
  | BreakNode
  | ContinueNode;

export type TemplateTree = StatementNode | ListNode | OperandNode | CommandNode;

/** The source text of a node as Go prints it in its messages. */
export function printNode(node: TemplateTree): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'list') return node.nodes.map(printNode).join('');
  if (node.kind === 'action') return `{{${printNode(node.pipe)}}}`;
  if (node.kind === 'if' || node.kind === 'with' || node.kind === 'range') {
    return printControl(node);
  }
  if (node.kind === 'template') return printTemplate(node);
  if (node.kind === 'break' || node.kind === 'continue') return `{{${node.kind}}}`;
  if (node.kind === 'command') return node.args.map(printParenthesised).join(' ');
  return printOperand(node);
}

function printControl(node: ControlNode): string {
  const head = `{{${node.kind} ${printNode(node.pipe)}}}${printNode(node.list)}`;
  const tail = node.elseList === undefined ? '' : `{{else}}${printNode(node.elseList)}`;
  return `${head}${tail}{{end}}`;
}

function printTemplate(node: TemplateNode): string {
  const pipe = node.pipe === undefined ? '' : ` ${printNode(node.pipe)}`;
  return `{{template ${quoteGo(node.name)}${pipe}}}`;
}

function printOperand(node: OperandNode): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value);
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'number':
      return node.text;
    case 'string':
      return node.source;
    case 'identifier':
      return node.name;
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'chain':
      return printParenthesised(node.node) + node.names.map((name) => `.${name}`).join('');
    case 'pipe':
      return printPipe(node);
  }
}

function printPipe(node: PipeNode): string {
  const names = node.declarations.map(printOperand).join(', ');
  const sign = node.isAssignment ? ' = ' : ' := ';
  return (names === '' ? '' : names + sign) + node.commands.map(printNode).join(' | ');
}

function printParenthesised(node: OperandNode): string {
  return node.kind === 'pipe' ? `(${printPipe(node)})` : printOperand(node);
}
