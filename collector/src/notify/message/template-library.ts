import { TemplateError } from '../../model/template/error.ts';
import {
  ALERTMANAGER_FUNCTION_NAMES,
  alertmanagerFunctions,
} from '../../model/template/functions/alertmanager.ts';
import { checkHtmlTemplate } from '../../model/template/html/check-html.ts';
import { createHtmlEscaper } from '../../model/template/html/html-escaper.ts';
import { isEmptyTemplate, type TemplateDefinition } from '../../model/template/parse/parser.ts';
import type { OutputEscaper } from '../../model/template/run/output-escaper.ts';
import { executeTemplate, parseTemplate, type Template } from '../../model/template/template.ts';
import type { Value } from '../../model/template/value.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { EMAIL_TEMPLATE } from './email-template.ts';

/** A file of `templates:` and the built-in ones. */
export interface TemplateText {
  readonly name: string;
  readonly text: string;
}

/** Templates kept parsed; a configuration has a few dozen. */
const PARSED_MAX = 500;

/**
 * The templates of one configuration: texts of receivers can call what its files define. A later
 * file replaces what an earlier one defined.
 */
export class TemplateLibrary {
  readonly #shared: ReadonlyMap<string, TemplateDefinition>;
  readonly #parsed = new Map<string, Template>();

  /** @throws {TemplateError} `template: FILE:LINE: what is wrong`. */
  constructor(files: readonly TemplateText[]) {
    const shared = new Map<string, TemplateDefinition>();
    for (const { name, text } of files) define(shared, parse(name, text).templates);
    this.#shared = shared;
  }

  /** @throws {TemplateError} when the text does not parse. */
  check(text: string): void {
    this.#template(text);
  }

  /** @throws {TemplateError} when the text does not parse, or prints where nothing is safe. */
  checkHtml(text: string): void {
    const { name, templates } = this.#template(text);
    checkHtmlTemplate(templates, name);
  }

  /** @throws {TemplateError} when a step fails or a limit is reached. */
  text(
    text: string,
    data: Value,
    { nowMs, escaper }: { readonly nowMs: number; readonly escaper?: OutputEscaper },
  ): string {
    if (!text.includes('{{')) return text;
    return executeTemplate(this.#template(text), data, {
      functions: alertmanagerFunctions(nowMs),
      ...(escaper === undefined ? {} : { escaper }),
    });
  }

  /** The same with every value escaped for its place in HTML. */
  html(text: string, data: Value, nowMs: number): string {
    return executeTemplate(this.#template(text), data, {
      functions: alertmanagerFunctions(nowMs),
      escaper: createHtmlEscaper(),
    });
  }

  #template(text: string): Template {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const own = parse('', text);
    const templates = new Map(this.#shared);
    define(templates, own.templates);
    const template = { ...own, templates };
    if (this.#parsed.size >= PARSED_MAX) this.#parsed.clear();
    this.#parsed.set(text, template);
    return template;
  }
}

function parse(name: string, text: string): Template {
  return parseTemplate(text, { name, functions: ALERTMANAGER_FUNCTION_NAMES });
}

/** An empty definition never replaces one that has a text. */
function define(
  templates: Map<string, TemplateDefinition>,
  added: ReadonlyMap<string, TemplateDefinition>,
): void {
  for (const [name, definition] of added) {
    if (!isEmptyTemplate(definition.list) || !templates.has(name)) {
      templates.set(name, definition);
    }
  }
}

/** The library of a configuration; channels of one configuration share theirs. */
const LIBRARIES = new WeakMap<readonly TemplateText[], TemplateLibrary>();

/** @throws {TemplateError} when a file does not parse. */
export function templateLibrary(files: readonly TemplateText[]): TemplateLibrary {
  const known = LIBRARIES.get(files);
  if (known !== undefined) return known;
  const library = new TemplateLibrary([...BUILT_IN_TEMPLATES, ...files]);
  LIBRARIES.set(files, library);
  return library;
}

const BUILT_IN_TEMPLATES: readonly TemplateText[] = [
  { name: 'default', text: DEFAULT_TEMPLATES },
  { name: 'email', text: EMAIL_TEMPLATE },
];

/** Why a text is no template; `undefined` when it is one. */
export function templateProblem(text: string): string | undefined {
  try {
    parse('', text);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}
