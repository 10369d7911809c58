import { quoteGo } from '../go-string.ts';
import { type CallSite, callFunction } from './call.ts';
import { describePlace, TemplateError } from './error.ts';
import { TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts';
import type {
  CommandNode,
  ControlNode,
  ListNode,
  OperandNode,
  PipeNode,
  StatementNode,
  TemplateNode,
  TemplateTree,
} from './nodes.ts';
import { printNode } from './nodes.ts';
import { constantValue, type Elements, elementsOf } from './operand-value.ts';
import type { OutputEscaper } from './output-escaper.ts';
import type { TemplateDefinition, TemplateSet } from './parser.ts';
import { printDefault } from './printf.ts';
import { Scope } from './scope.ts';
import { findMethod, type GoFunction, isTrue, typeName, type Value } from './value.ts';

export interface Program {
  readonly name: string;
  readonly text: string;
  readonly templates: TemplateSet;
  readonly functions: { get(name: string): GoFunction | undefined };
  readonly variables?: ReadonlyMap<string, Value> | undefined;
  /** Absent: values are printed as they are. */
  readonly escaper?: OutputEscaper | undefined;
}

/** No argument was piped in: not the same as a piped `undefined`. */
const NOTHING = Symbol('nothing');
type Piped = Value | typeof NOTHING;

interface GivenArguments {
  readonly rest: readonly OperandNode[];
  readonly piped: Piped;
}

const NO_ARGUMENTS: GivenArguments = { rest: [], piped: NOTHING };

type Flow = 'next' | 'break' | 'continue';

/**
 * Runs the template called `program.name` on `data`.
 *
 * @throws {TemplateError} `template: NAME:LINE:COLUMN: executing "NAME" at <node>: message`.
 */
export function execute(program: Program, data: Value, limits?: TemplateLimits): string {
  return new Executor(program, limits ?? TEMPLATE_LIMITS).run(data);
}

class Executor {
  readonly #program: Program;
  readonly #limits: TemplateLimits;
  #output = '';
  #steps = 0;
  #depth = 0;
  #level = 0;
  #scope: Scope;
  #templateName: string;
  #definition: TemplateDefinition | undefined;
  #node: TemplateTree | undefined;

  constructor(program: Program, limits: TemplateLimits) {
    this.#program = program;
    this.#limits = limits;
    this.#templateName = program.name;
    this.#scope = new Scope(undefined);
  }

  run(data: Value): string {
    const { name, templates } = this.#program;
    const root = templates.get(name);
    if (root === undefined) this.#fail(`${quoteGo(name)} is an incomplete or empty template`);
    this.#definition = root;
    this.#scope = new Scope(data, this.#program.variables);
    this.#walkList(data, root.list);
    return this.#output;
  }

  /** Counts work, so that no template runs for long. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#limits.steps) {
      throw new Error(`exceeded the limit of ${this.#limits.steps} steps`);
    }
  }

  #step(node: TemplateTree): void {
    this.#node = node;
    this.#steps += 1;
    if (this.#steps > this.#limits.steps) {
      this.#fail(`exceeded the limit of ${this.#limits.steps} steps`);
    }
  }

  #walkList(dot: Value, list: ListNode): Flow {
    this.#enter();
    let flow: Flow = 'next';
    for (const node of list.nodes) {
      flow = this.#walk(dot, node);
      if (flow !== 'next') break;
    }
    this.#level -= 1;
    return flow;
  }

  /** Bounds the recursion of this class; a failure ends the execution, so nobody leaves then. */
  #enter(): void {
    this.#level += 1;
    if (this.#level > this.#limits.nesting) {
      this.#fail(`exceeded the limit of ${this.#limits.nesting} nested blocks`);
    }
  }

  #walk(dot: Value, node: StatementNode): Flow {
    this.#step(node);
    switch (node.kind) {
      case 'text':
        this.#attempt(() => this.#program.escaper?.follow(node.text));
        this.#write(node.text);
        return 'next';
      case 'action': {
        const value = this.#pipeline(dot, node.pipe);
        this.#node = node;
        if (node.pipe.declarations.length === 0) this.#print(value, node.pipe);
        return 'next';
      }
      case 'break':
      case 'continue':
        return node.kind;
      case 'if':
      case 'with':
        return this.#walkCondition(dot, node);
      case 'range':
        this.#walkRange(dot, node);
        return 'next';
      case 'template':
        this.#walkTemplate(dot, node);
        return 'next';
    }
  }

  #print(value: Value, pipe: PipeNode): void {
    if (typeof value === 'object' && value.kind === 'function') {
      this.#fail("can't print a function");
    }
    const { escaper } = this.#program;
    const text = value === undefined ? '<no value>' : printDefault([value]);
    if (escaper === undefined) {
      this.#write(text);
      return;
    }
    const last = pipe.commands.at(-1)?.args[0];
    const lastFunction = last?.kind === 'identifier' ? last.name : undefined;
    this.#write(this.#attempt(() => escaper.escape({ value, text, lastFunction }, this)));
  }

  #write(text: string): void {
    if (this.#output.length + text.length > this.#limits.outputLength) {
      this.#fail(`exceeded the limit of ${this.#limits.outputLength} output characters`);
    }
    this.#output += text;
  }

  #walkCondition(dot: Value, node: ControlNode): Flow {
    const mark = this.#scope.mark;
    const value = this.#pipeline(dot, node.pipe);
    const inner = node.kind === 'with' ? value : dot;
    let flow: Flow = 'next';
    if (isTrue(value)) flow = this.#walkList(inner, node.list);
    else if (node.elseList !== undefined) flow = this.#walkList(dot, node.elseList);
    this.#scope.leave(mark);
    return flow;
  }

  #walkRange(dot: Value, node: ControlNode): void {
    const mark = this.#scope.mark;
    const value = this.#pipeline(dot, node.pipe);
    const inner = this.#scope.mark;
    let isEmpty = true;
    for (const [key, element] of this.#elements(node, value)) {
      isEmpty = false;
      this.#step(node);
      this.#bindElement(node.pipe, key, element);
      const flow = this.#walkList(element, node.list);
      this.#scope.leave(inner);
      if (flow === 'break') break;
    }
    if (isEmpty && node.elseList !== undefined) this.#walkList(dot, node.elseList);
    this.#scope.leave(mark);
  }

  #elements(node: ControlNode, value: Value): Elements {
    return this.#attempt(() => elementsOf(value, node.pipe.declarations.length));
  }

  #bindElement(pipe: PipeNode, key: Value, element: Value): void {
    const [first, second] = pipe.declarations;
    if (first === undefined) return;
    const keyName = second === undefined ? undefined : first.names[0];
    const elementName = (second ?? first).names[0] ?? '';
    if (keyName !== undefined) this.#bind(pipe, keyName, key);
    this.#bind(pipe, elementName, element);
  }

  #bind(pipe: PipeNode, name: string, value: Value): void {
    if (pipe.isAssignment) this.#assign(name, value);
    else this.#scope.declare(name, value);
  }

  #walkTemplate(dot: Value, node: TemplateNode): void {
    const called = this.#program.templates.get(node.name);
    if (called === undefined) this.#fail(`template ${quoteGo(node.name)} not defined`);
    if (this.#depth === this.#limits.depth) {
      this.#fail(`exceeded maximum template depth (${this.#limits.depth})`);
    }
    const inner = node.pipe === undefined ? undefined : this.#pipeline(dot, node.pipe);
    const scope = this.#scope;
    const name = this.#templateName;
    const definition = this.#definition;
    this.#scope = new Scope(inner);
    this.#templateName = node.name;
    this.#definition = called;
    this.#depth += 1;
    this.#walkList(inner, called.list);
    this.#depth -= 1;
    this.#definition = definition;
    this.#templateName = name;
    this.#scope = scope;
  }

  #pipeline(dot: Value, pipe: PipeNode): Value {
    this.#step(pipe);
    this.#enter();
    let piped: Piped = NOTHING;
    for (const command of pipe.commands) piped = this.#command(dot, command, piped);
    this.#level -= 1;
    const value = piped === NOTHING ? undefined : piped;
    for (const { names } of pipe.declarations) {
      this.#bind(pipe, names[0] ?? '', value);
    }
    return value;
  }

  #command(dot: Value, command: CommandNode, piped: Piped): Value {
    const [first, ...rest] = command.args;
    this.#step(first);
    if (first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable') {
      return this.#fieldCommand(dot, first, { rest, piped });
    }
    if (first.kind === 'identifier') {
      return this.#callNamed(dot, first, { rest, piped, node: command });
    }
    if (rest.length > 0 || piped !== NOTHING) {
      this.#fail(`can't give argument to non-function ${printNode(first)}`);
    }
    if (first.kind === 'nil') this.#fail('nil is not a command');
    return this.#operand(dot, first);
  }

  #operand(dot: Value, node: OperandNode): Value {
    this.#step(node);
    switch (node.kind) {
      case 'bool':
      case 'string':
        return node.value;
      case 'number':
        return this.#attempt(() => constantValue(node));
      case 'dot':
        return dot;
      case 'nil':
        return undefined;
      case 'pipe':
        return this.#pipeline(dot, node);
      case 'identifier':
        return this.#callNamed(dot, node, { ...NO_ARGUMENTS, node });
      case 'field':
      case 'variable':
      case 'chain':
        return this.#fieldCommand(dot, node, NO_ARGUMENTS);
    }
  }

  #fieldCommand(
    dot: Value,
    node: OperandNode & { readonly kind: 'field' | 'variable' | 'chain' },
    call: GivenArguments,
  ): Value {
    const [receiver, names] = this.#receiver(dot, node);
    if (names.length === 0) {
      if (call.rest.length > 0 || call.piped !== NOTHING) {
        this.#fail(`can't give argument to non-function ${printNode(node)}`);
      }
      return receiver;
    }
    let value = receiver;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const { rest, piped } = isLast ? call : NO_ARGUMENTS;
      if (index > 0 && value === undefined) {
        this.#fail(`nil pointer evaluating interface {}.${name}`);
      }
      value = this.#field(dot, value, { name, node, rest, piped });
    }
    return value;
  }

  #receiver(
    dot: Value,
    node: OperandNode & { readonly kind: 'field' | 'variable' | 'chain' },
  ): readonly [receiver: Value, names: readonly string[]] {
    if (node.kind === 'field') return [dot, node.names];
    if (node.kind === 'variable') return [this.#read(node.names[0] ?? ''), node.names.slice(1)];
    if (node.node.kind === 'nil') {
      this.#fail(`indirection through explicit nil in ${printNode(node)}`);
    }
    return [this.#operand(dot, node.node), node.names];
  }

  #field(
    dot: Value,
    receiver: Value,
    access: {
      readonly name: string;
      readonly node: OperandNode;
      readonly rest: readonly OperandNode[];
      readonly piped: Piped;
    },
  ): Value {
    const { name, node, rest, piped } = access;
    if (receiver === undefined) return undefined;
    this.#node = node;
    const hasArguments = rest.length > 0 || piped !== NOTHING;
    if (typeof receiver === 'object' && receiver.kind !== 'function') {
      const method = findMethod(receiver, name);
      if (method !== undefined) return this.#call(dot, method, { name, node, rest, piped });
      if (receiver.kind === 'map') {
        if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
        return receiver.entries.has(name) ? receiver.entries.get(name) : receiver.zero;
      }
      if (receiver.kind === 'object' && Object.hasOwn(receiver.fields, name)) {
        if (hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
        return receiver.fields[name];
      }
    }
    this.#fail(`can't evaluate field ${name} in type ${typeName(receiver)}`);
  }

  #callNamed(
    dot: Value,
    node: OperandNode & { readonly kind: 'identifier' },
    call: {
      readonly rest: readonly OperandNode[];
      readonly piped: Piped;
      readonly node: TemplateTree;
    },
  ): Value {
    this.#step(node);
    const called = this.#program.functions.get(node.name);
    if (called === undefined) this.#fail(`${quoteGo(node.name)} is not a defined function`);
    if (node.name === 'and' || node.name === 'or') {
      return this.#shortCircuit(dot, node.name, call);
    }
    return this.#call(dot, called, { ...call, name: node.name });
  }

  #shortCircuit(dot: Value, name: 'and' | 'or', call: GivenArguments): Value {
    const got = call.rest.length;
    if (got === 0 && call.piped === NOTHING) {
      this.#fail(`wrong number of args for ${name}: want at least 1 got 0`);
    }
    let value: Value;
    for (const node of call.rest) {
      value = this.#operand(dot, node);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return call.piped === NOTHING ? value : call.piped;
  }

  #call(
    dot: Value,
    called: GoFunction,
    call: {
      readonly name: string;
      readonly node: TemplateTree;
      readonly rest: readonly OperandNode[];
      readonly piped: Piped;
    },
  ): Value {
    const site: CallSite = {
      name: call.name,
      args: call.rest,
      hasPiped: call.piped !== NOTHING,
      piped: call.piped === NOTHING ? undefined : call.piped,
      evaluate: (node) => this.#operand(dot, node),
      at: (node) => {
        this.#node = node;
      },
      fail: (message) => this.#fail(message),
      budget: this,
      stringLengthMax: this.#limits.stringLength,
      node: call.node,
    };
    return callFunction(called, site);
  }

  #read(name: string): Value {
    return this.#attempt(() => this.#scope.read(name));
  }

  #assign(name: string, value: Value): void {
    this.#attempt(() => {
      this.#scope.assign(name, value);
    });
  }

  #attempt<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      return this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(message: string): never {
    const { name, text } = this.#definition?.source ?? this.#program;
    const node = this.#node;
    if (node === undefined) throw new TemplateError(`template: ${name}: ${message}`);
    const location = `${name}:${describePlace(text, node.position)}`;
    const context = `executing ${quoteGo(this.#templateName)} at <${printNode(node)}>`;
    throw new TemplateError(`template: ${location}: ${context}: ${message}`);
  }
}
