import { quoteGo } from '../../go-string.ts';
import type { CommandNode, OperandNode, PipeNode, TemplateTree } from '../parse/nodes.ts';
import { printNode } from '../parse/nodes.ts';
import { findMethod, type GoFunction, isTrue, typeName, type Value } from '../value.ts';
import { type CallSite, callFunction } from './call.ts';
import type { Execution } from './execution.ts';
import { constantValue } from './operand-value.ts';

/** No argument was piped in: not the same as a piped `undefined`. */
const NOTHING = Symbol('nothing');
type Piped = Value | typeof NOTHING;

interface GivenArguments {
  readonly rest: readonly OperandNode[];
  readonly piped: Piped;
}

const NO_ARGUMENTS: GivenArguments = { rest: [], piped: NOTHING };

/** Gives pipelines their values. */
export class Evaluator {
  readonly #run: Execution;

  constructor(run: Execution) {
    this.#run = run;
  }

  /** Gives a variable of the pipeline its value. */
  bind(pipe: PipeNode, name: string, value: Value): void {
    if (pipe.isAssignment) this.#run.assign(name, value);
    else this.#run.scope.declare(name, value);
  }

  pipeline(dot: Value, pipe: PipeNode): Value {
    this.#run.step(pipe);
    this.#run.enter();
    let piped: Piped = NOTHING;
    for (const command of pipe.commands) piped = this.#command(dot, command, piped);
    this.#run.leave();
    const value = piped === NOTHING ? undefined : piped;
    for (const { names } of pipe.declarations) {
      this.bind(pipe, names[0] ?? '', value);
    }
    return value;
  }

  #command(dot: Value, command: CommandNode, piped: Piped): Value {
    const [first, ...rest] = command.args;
    this.#run.step(first);
    if (first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable') {
      return this.#fieldCommand(dot, first, { rest, piped });
    }
    if (first.kind === 'identifier') {
      return this.#callNamed(dot, first, { rest, piped, node: command });
    }
    if (rest.length > 0 || piped !== NOTHING) {
      this.#run.fail(`can't give argument to non-function ${printNode(first)}`);
    }
    if (first.kind === 'nil') this.#run.fail('nil is not a command');
    return this.#operand(dot, first);
  }

  #operand(dot: Value, node: OperandNode): Value {
    this.#run.step(node);
    switch (node.kind) {
      case 'bool':
      case 'string':
        return node.value;
      case 'number':
        return this.#run.attempt(() => constantValue(node));
      case 'dot':
        return dot;
      case 'nil':
        return undefined;
      case 'pipe':
        return this.pipeline(dot, node);
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
        this.#run.fail(`can't give argument to non-function ${printNode(node)}`);
      }
      return receiver;
    }
    let value = receiver;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const { rest, piped } = isLast ? call : NO_ARGUMENTS;
      if (index > 0 && value === undefined) {
        this.#run.fail(`nil pointer evaluating interface {}.${name}`);
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
    if (node.kind === 'variable') return [this.#run.read(node.names[0] ?? ''), node.names.slice(1)];
    if (node.node.kind === 'nil') {
      this.#run.fail(`indirection through explicit nil in ${printNode(node)}`);
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
    this.#run.node = node;
    const hasArguments = rest.length > 0 || piped !== NOTHING;
    if (typeof receiver === 'object' && receiver.kind !== 'function') {
      const method = findMethod(receiver, name);
      if (method !== undefined) return this.#call(dot, method, { name, node, rest, piped });
      if (receiver.kind === 'map') {
        if (hasArguments) this.#run.fail(`${name} is not a method but has arguments`);
        return receiver.entries.has(name) ? receiver.entries.get(name) : receiver.zero;
      }
      if (receiver.kind === 'object' && Object.hasOwn(receiver.fields, name)) {
        if (hasArguments) this.#run.fail(`${name} has arguments but cannot be invoked as function`);
        return receiver.fields[name];
      }
    }
    this.#run.fail(`can't evaluate field ${name} in type ${typeName(receiver)}`);
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
    this.#run.step(node);
    const called = this.#run.program.functions.get(node.name);
    if (called === undefined) this.#run.fail(`${quoteGo(node.name)} is not a defined function`);
    if (node.name === 'and' || node.name === 'or') {
      return this.#shortCircuit(dot, node.name, call);
    }
    return this.#call(dot, called, { ...call, name: node.name });
  }

  #shortCircuit(dot: Value, name: 'and' | 'or', call: GivenArguments): Value {
    const got = call.rest.length;
    if (got === 0 && call.piped === NOTHING) {
      this.#run.fail(`wrong number of args for ${name}: want at least 1 got 0`);
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
        this.#run.node = node;
      },
      fail: (message) => this.#run.fail(message),
      budget: this.#run,
      stringLengthMax: this.#run.limits.stringLength,
      node: call.node,
    };
    return callFunction(called, site);
  }
}
