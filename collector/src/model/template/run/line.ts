import { printDefault } from '../format/printf.ts';
import { TEMPLATE_LIMITS } from '../limits.ts';
import type {
  CommandNode,
  ListNode,
  NumberNode,
  OperandNode,
  PipeNode,
  StatementNode,
} from '../parse/nodes.ts';
import type { TemplateSet } from '../parse/parser.ts';
import { type Budget, type GoFunction, isTrue, typeName, type Value } from '../value.ts';
import { constantValue } from './operand-value.ts';

/** What a template reads from outside, by the names of `$x.a.b`; `.a.b` is `$.a.b`. */
export type ReadValue<Data> = (data: Data) => Value;
type ReaderOf<Data> = (names: readonly string[]) => ReadValue<Data> | undefined;

/** One run of a line. */
interface LineRun extends Budget {
  readonly functions: { get(name: string): GoFunction | undefined };
}

type Read<Data> = (data: Data, run: LineRun) => Value;
type Write<Data> = (data: Data, run: LineRun) => string;

/**
 * A template that only prints: text, labels, values, calls of functions and `if`, without loops and
 * variables of its own. It is a chain of closures, many times faster than a walk over the nodes.
 * It knows no messages: whatever fails, or might, throws, and is left to `execute`.
 */
export type Line<Data> = Write<Data>;

/** Larger templates are left alone, so that no line can reach a limit that `execute` would not. */
const NODES_MAX = 5_000;
const NESTING_MAX = 50;
const STEPS_MAX = TEMPLATE_LIMITS.steps / 2;

/** Says that a template is not as simple as that, or that a run of it is not. */
class NotSimple extends Error {
  override readonly name = 'NotSimple';
}

/** The line of a template, if it is one. */
export function lineOf<Data>(
  { name, templates }: { readonly name: string; readonly templates: TemplateSet },
  readerOf: ReaderOf<Data>,
): Line<Data> | undefined {
  const root = templates.get(name);
  if (root === undefined) return undefined;
  try {
    return new LineBuilder(readerOf).list(root.list);
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** What a line prints; `undefined` when only `execute` can tell. */
export function printLineOf<Data>(
  line: Line<Data>,
  data: Data,
  functions: LineRun['functions'],
): string | undefined {
  let steps = 0;
  const spend = (count: number): void => {
    steps += count;
    if (steps > STEPS_MAX) throw new NotSimple('too many steps');
  };
  try {
    const text = line(data, { functions, spend });
    return text.length > TEMPLATE_LIMITS.outputLength ? undefined : text;
  } catch {
    // It fails again where there are words for it.
    return undefined;
  }
}

class LineBuilder<Data> {
  readonly #readerOf: ReaderOf<Data>;
  #nodes = 0;
  #nesting = 0;

  constructor(readerOf: ReaderOf<Data>) {
    this.#readerOf = readerOf;
  }

  list({ nodes }: ListNode): Write<Data> {
    return this.#inside(() => {
      const parts = nodes.map((node) => this.#statement(node));
      return (data, run) => {
        let text = '';
        for (const part of parts) text += part(data, run);
        return text;
      };
    });
  }

  /** Counts a node that holds others. */
  #inside<T>(build: () => T): T {
    this.#nodes += 1;
    this.#nesting += 1;
    if (this.#nodes > NODES_MAX || this.#nesting > NESTING_MAX) throw new NotSimple('too large');
    const built = build();
    this.#nesting -= 1;
    return built;
  }

  #statement(node: StatementNode): Write<Data> {
    this.#nodes += 1;
    if (node.kind === 'text') return () => node.text;
    if (node.kind === 'action') {
      const value = this.#pipeline(node.pipe);
      return (data, run) => print(value(data, run));
    }
    if (node.kind !== 'if') throw new NotSimple(node.kind);
    const condition = this.#pipeline(node.pipe);
    const then = this.list(node.list);
    const otherwise = node.elseList === undefined ? () => '' : this.list(node.elseList);
    return (data, run) => (isTrue(condition(data, run)) ? then(data, run) : otherwise(data, run));
  }

  #pipeline({ declarations, commands }: PipeNode): Read<Data> {
    if (declarations.length > 0) throw new NotSimple('a variable');
    return this.#inside(() => {
      let value: Read<Data> | undefined;
      for (const command of commands) value = this.#command(command, value);
      if (value === undefined) throw new NotSimple('an empty pipeline');
      return value;
    });
  }

  #command({ args: [first, ...rest] }: CommandNode, piped: Read<Data> | undefined): Read<Data> {
    if (first.kind === 'identifier') return this.#call(first.name, rest, piped);
    if (rest.length > 0 || piped !== undefined) throw new NotSimple('an argument of no function');
    return this.#operand(first);
  }

  #operand(node: OperandNode): Read<Data> {
    this.#nodes += 1;
    switch (node.kind) {
      case 'bool':
      case 'string':
        return () => node.value;
      case 'number': {
        const value = constantOf(node);
        return () => value;
      }
      case 'pipe':
        return this.#pipeline(node);
      case 'identifier':
        return this.#call(node.name, [], undefined);
      case 'variable':
        return this.#reader(node.names);
      case 'field':
        return this.#reader(['$', ...node.names]);
      case 'dot':
      case 'nil':
      case 'chain':
        throw new NotSimple(node.kind);
    }
  }

  #reader(names: readonly string[]): Read<Data> {
    const reader = this.#readerOf(names);
    if (reader === undefined) throw new NotSimple(names.join('.'));
    return reader;
  }

  #call(name: string, nodes: readonly OperandNode[], piped: Read<Data> | undefined): Read<Data> {
    // These two evaluate no more of their arguments than they need.
    if (name === 'and' || name === 'or') throw new NotSimple(name);
    const reads = nodes.map((node) => this.#argument(node));
    if (piped !== undefined) reads.push(typed(piped));
    return (data, run) => {
      const called = run.functions.get(name);
      if (called === undefined || !takes(called, reads.length)) throw new NotSimple(name);
      const values: Value[] = [];
      for (const read of reads) {
        const type = called.parameters[values.length] ?? called.rest ?? 'any';
        values.push(read(data, run, type));
      }
      const result = called.call(values, run);
      if (typeof result === 'string' && result.length > TEMPLATE_LIMITS.stringLength) {
        throw new NotSimple('a long text');
      }
      return result;
    };
  }

  #argument(node: OperandNode): Argument<Data> {
    if (node.kind !== 'number') return typed(this.#operand(node));
    const { integer, float } = node;
    const untyped = this.#operand(node);
    return (data, run, type) => {
      if (type === 'int' && integer !== undefined) return integer;
      if (type === 'float64' && float !== undefined) return float;
      if (!takesAll(type)) throw new NotSimple(type);
      return untyped(data, run);
    };
  }
}

/** Reads a value for a parameter of a type. */
type Argument<Data> = (data: Data, run: LineRun, type: string) => Value;

function typed<Data>(read: Read<Data>): Argument<Data> {
  return (data, run, type) => {
    const value = read(data, run);
    const isTaken = value !== undefined && (takesAll(type) || typeName(value) === type);
    if (!isTaken) throw new NotSimple(type);
    return value;
  };
}

function constantOf(node: NumberNode): Value {
  try {
    return constantValue(node);
  } catch {
    throw new NotSimple(node.text);
  }
}

function takesAll(type: string): boolean {
  return type === 'any' || type === 'value';
}

function takes({ parameters, rest }: GoFunction, count: number): boolean {
  return rest === undefined ? count === parameters.length : count >= parameters.length;
}

function print(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === undefined || typeof value === 'object') throw new NotSimple('a value to look into');
  return printDefault([value]);
}
