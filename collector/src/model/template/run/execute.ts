import { quoteGo } from '../../go-string.ts';
import { printDefault } from '../format/printf.ts';
import { TEMPLATE_LIMITS, type TemplateLimits } from '../limits.ts';
import type {
  ControlNode,
  ListNode,
  PipeNode,
  StatementNode,
  TemplateNode,
} from '../parse/nodes.ts';
import { isTrue, type Value } from '../value.ts';
import { Evaluator } from './evaluator.ts';
import { Execution, type Program } from './execution.ts';
import { type Elements, elementsOf } from './operand-value.ts';
import { Scope } from './scope.ts';

type Flow = 'next' | 'break' | 'continue';

/**
 * Runs the template called `program.name` on `data`.
 *
 * @throws {TemplateError} `template: NAME:LINE:COLUMN: executing "NAME" at <node>: message`.
 */
export function execute(program: Program, data: Value, limits?: TemplateLimits): string {
  return new Executor(new Execution(program, limits ?? TEMPLATE_LIMITS)).run(data);
}

/** Walks statements and prints. */
class Executor {
  readonly #run: Execution;
  readonly #evaluator: Evaluator;
  #depth = 0;

  constructor(run: Execution) {
    this.#run = run;
    this.#evaluator = new Evaluator(run);
  }

  run(data: Value): string {
    const { name, templates } = this.#run.program;
    const root = templates.get(name);
    if (root === undefined) this.#run.fail(`${quoteGo(name)} is an incomplete or empty template`);
    this.#run.definition = root;
    this.#run.scope = new Scope(data, this.#run.program.variables);
    this.#walkList(data, root.list);
    return this.#run.output;
  }

  #walkList(dot: Value, list: ListNode): Flow {
    this.#run.enter();
    let flow: Flow = 'next';
    for (const node of list.nodes) {
      flow = this.#walk(dot, node);
      if (flow !== 'next') break;
    }
    this.#run.leave();
    return flow;
  }

  #walk(dot: Value, node: StatementNode): Flow {
    this.#run.step(node);
    switch (node.kind) {
      case 'text':
        this.#run.attempt(() => this.#run.program.escaper?.follow(node.text));
        this.#run.write(node.text);
        return 'next';
      case 'action': {
        const value = this.#evaluator.pipeline(dot, node.pipe);
        this.#run.node = node;
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
      this.#run.fail("can't print a function");
    }
    const { escaper } = this.#run.program;
    const text = value === undefined ? '<no value>' : printDefault([value]);
    if (escaper === undefined) {
      this.#run.write(text);
      return;
    }
    const last = pipe.commands.at(-1)?.args[0];
    const lastFunction = last?.kind === 'identifier' ? last.name : undefined;
    this.#run.write(
      this.#run.attempt(() => escaper.escape({ value, text, lastFunction }, this.#run)),
    );
  }

  #walkCondition(dot: Value, node: ControlNode): Flow {
    const mark = this.#run.scope.mark;
    const value = this.#evaluator.pipeline(dot, node.pipe);
    const inner = node.kind === 'with' ? value : dot;
    let flow: Flow = 'next';
    if (isTrue(value)) flow = this.#walkList(inner, node.list);
    else if (node.elseList !== undefined) flow = this.#walkList(dot, node.elseList);
    this.#run.scope.leave(mark);
    return flow;
  }

  #walkRange(dot: Value, node: ControlNode): void {
    const mark = this.#run.scope.mark;
    const value = this.#evaluator.pipeline(dot, node.pipe);
    const inner = this.#run.scope.mark;
    let isEmpty = true;
    for (const [key, element] of this.#elements(node, value)) {
      isEmpty = false;
      this.#run.step(node);
      this.#bindElement(node.pipe, key, element);
      const flow = this.#walkList(element, node.list);
      this.#run.scope.leave(inner);
      if (flow === 'break') break;
    }
    if (isEmpty && node.elseList !== undefined) this.#walkList(dot, node.elseList);
    this.#run.scope.leave(mark);
  }

  #elements(node: ControlNode, value: Value): Elements {
    return this.#run.attempt(() => elementsOf(value, node.pipe.declarations.length));
  }

  #bindElement(pipe: PipeNode, key: Value, element: Value): void {
    const [first, second] = pipe.declarations;
    if (first === undefined) return;
    const keyName = second === undefined ? undefined : first.names[0];
    const elementName = (second ?? first).names[0] ?? '';
    if (keyName !== undefined) this.#evaluator.bind(pipe, keyName, key);
    this.#evaluator.bind(pipe, elementName, element);
  }

  #walkTemplate(dot: Value, node: TemplateNode): void {
    const called = this.#run.program.templates.get(node.name);
    if (called === undefined) this.#run.fail(`template ${quoteGo(node.name)} not defined`);
    if (this.#depth === this.#run.limits.depth) {
      this.#run.fail(`exceeded maximum template depth (${this.#run.limits.depth})`);
    }
    const inner = node.pipe === undefined ? undefined : this.#evaluator.pipeline(dot, node.pipe);
    const scope = this.#run.scope;
    const name = this.#run.templateName;
    const definition = this.#run.definition;
    this.#run.scope = new Scope(inner);
    this.#run.templateName = node.name;
    this.#run.definition = called;
    this.#depth += 1;
    this.#walkList(inner, called.list);
    this.#depth -= 1;
    this.#run.definition = definition;
    this.#run.templateName = name;
    this.#run.scope = scope;
  }
}
