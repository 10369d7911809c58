import { describePlace, TemplateError } from '../error.ts';
import type { ControlNode, ListNode, StatementNode } from '../parse/nodes.ts';
import type { TemplateDefinition, TemplateSet } from '../parse/parser.ts';
import { HtmlContext } from './html-context.ts';
import { refusalAt } from './html-escaper.ts';

/** Templates that call each other are followed this deep. */
const DEPTH_MAX = 50;

/**
 * Checks before anything is sent that an HTML template prints values only where they can be made
 * safe. A branch is followed from where it begins, and the text after it from its first branch.
 *
 * @throws {TemplateError} `template: NAME:LINE:COLUMN: cannot print a value inside <script>`.
 */
export function checkHtmlTemplate(templates: TemplateSet, name: string): void {
  const definition = templates.get(name);
  if (definition !== undefined) new Check(templates).walk(definition, new HtmlContext(), 0);
}

class Check {
  readonly #templates: TemplateSet;
  /** Two templates that call each other would be walked without end. */
  #visits = 0;

  constructor(templates: TemplateSet) {
    this.#templates = templates;
  }

  walk(definition: TemplateDefinition, context: HtmlContext, depth: number): HtmlContext {
    this.#visits += 1;
    if (depth > DEPTH_MAX || this.#visits > 1_000) return context;
    return this.#list(definition.list, context, { definition, depth });
  }

  #list(list: ListNode, context: HtmlContext, at: Position): HtmlContext {
    let current = context;
    for (const node of list.nodes) current = this.#node(node, current, at);
    return current;
  }

  #node(node: StatementNode, context: HtmlContext, at: Position): HtmlContext {
    switch (node.kind) {
      case 'text':
        context.follow(node.text);
        return context;
      case 'action':
        if (node.pipe.declarations.length === 0) checkPlace(context, node.position, at);
        return context;
      case 'if':
      case 'with':
      case 'range':
        return this.#branches(node, context, at);
      case 'template': {
        const called = this.#templates.get(node.name);
        return called === undefined ? context : this.walk(called, context, at.depth + 1);
      }
      case 'break':
      case 'continue':
        return context;
    }
  }

  #branches(node: ControlNode, context: HtmlContext, at: Position): HtmlContext {
    const other = context.clone();
    const after = this.#list(node.list, context, at);
    if (node.elseList !== undefined) this.#list(node.elseList, other, at);
    return after;
  }
}

interface Position {
  readonly definition: TemplateDefinition;
  readonly depth: number;
}

function checkPlace(context: HtmlContext, position: number, { definition }: Position): void {
  const refusal = refusalAt(context.place);
  if (refusal !== undefined) {
    const { name, text } = definition.source;
    throw new TemplateError(`template: ${name}:${describePlace(text, position)}: ${refusal}`);
  }
  context.skipValue();
}
