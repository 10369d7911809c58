import { quoteGo } from '../../go-string.ts';
import { describePlace, TemplateError } from '../error.ts';
import type { TemplateLimits } from '../limits.ts';
import type { TemplateTree } from '../parse/nodes.ts';
import { printNode } from '../parse/nodes.ts';
import type { TemplateDefinition, TemplateSet } from '../parse/parser.ts';
import type { GoFunction, Value } from '../value.ts';
import type { OutputEscaper } from './output-escaper.ts';
import { Scope } from './scope.ts';

export interface Program {
  readonly name: string;
  readonly text: string;
  readonly templates: TemplateSet;
  readonly functions: { get(name: string): GoFunction | undefined };
  readonly variables?: ReadonlyMap<string, Value> | undefined;
  /** Absent: values are printed as they are. */
  readonly escaper?: OutputEscaper | undefined;
}

/** One run of a program: where it is, what it printed and what it may still do. */
export class Execution {
  readonly program: Program;
  readonly limits: TemplateLimits;
  output = '';
  scope: Scope;
  templateName: string;
  definition: TemplateDefinition | undefined;
  /** What messages name as the place. */
  node: TemplateTree | undefined;
  #steps = 0;
  #level = 0;

  constructor(program: Program, limits: TemplateLimits) {
    this.program = program;
    this.limits = limits;
    this.templateName = program.name;
    this.scope = new Scope(undefined);
  }

  /** Counts work, so that no template runs for long. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.limits.steps) {
      throw new Error(`exceeded the limit of ${this.limits.steps} steps`);
    }
  }

  step(node: TemplateTree): void {
    this.node = node;
    this.#steps += 1;
    if (this.#steps > this.limits.steps) {
      this.fail(`exceeded the limit of ${this.limits.steps} steps`);
    }
  }

  /** Bounds the recursion; a failure ends the execution, so nothing leaves then. */
  enter(): void {
    this.#level += 1;
    if (this.#level > this.limits.nesting) {
      this.fail(`exceeded the limit of ${this.limits.nesting} nested blocks`);
    }
  }

  leave(): void {
    this.#level -= 1;
  }

  write(text: string): void {
    if (this.output.length + text.length > this.limits.outputLength) {
      this.fail(`exceeded the limit of ${this.limits.outputLength} output characters`);
    }
    this.output += text;
  }

  read(name: string): Value {
    return this.attempt(() => this.scope.read(name));
  }

  assign(name: string, value: Value): void {
    this.attempt(() => {
      this.scope.assign(name, value);
    });
  }

  attempt<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  fail(message: string): never {
    const { name, text } = this.definition?.source ?? this.program;
    const node = this.node;
    if (node === undefined) throw new TemplateError(`template: ${name}: ${message}`);
    const location = `${name}:${describePlace(text, node.position)}`;
    const context = `executing ${quoteGo(this.templateName)} at <${printNode(node)}>`;
    throw new TemplateError(`template: ${location}: ${context}: ${message}`);
  }
}
