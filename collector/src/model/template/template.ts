import { BUILT_IN_FUNCTIONS } from './functions/built-in.ts';
import type { TemplateLimits } from './limits.ts';
import { parseTemplateText, type TemplateSet } from './parse/parser.ts';
import { execute } from './run/execute.ts';
import { type Line, printLineOf } from './run/line.ts';
import type { OutputEscaper } from './run/output-escaper.ts';
import type { GoFunction, Value } from './value.ts';

export type FunctionTable = ReadonlyMap<string, GoFunction>;

/** A parsed template. Functions are checked by name when it is parsed and bound when it is run. */
export interface Template {
  readonly name: string;
  readonly text: string;
  readonly templates: TemplateSet;
}

export interface ParseTemplateOptions {
  readonly name: string;
  /** Names of functions besides Go's own. */
  readonly functions: { has(name: string): boolean };
}

/**
 * Parses a template.
 *
 * @throws {TemplateError} `template: NAME:LINE: what is wrong`.
 */
export function parseTemplate(text: string, options: ParseTemplateOptions): Template {
  const { name } = options;
  const has = (word: string): boolean =>
    BUILT_IN_FUNCTIONS.has(word) || options.functions.has(word);
  return { name, text, templates: parseTemplateText(text, { name, functions: { has } }) };
}

export interface ExecuteTemplateOptions {
  readonly functions: FunctionTable;
  readonly limits?: TemplateLimits;
  /** Variables that are set before the template begins, by name with the dollar sign. */
  readonly variables?: ReadonlyMap<string, Value>;
  /** Makes values safe for where they are printed; absent: they are printed as they are. */
  readonly escaper?: OutputEscaper;
}

/**
 * Runs a template on `data` and answers its output. A missing key of a string map gives `""`.
 *
 * @throws {TemplateError} when a step fails or a limit is reached.
 */
export function executeTemplate(
  template: Template,
  data: Value,
  options: ExecuteTemplateOptions,
): string {
  const { functions: own, limits, variables, escaper } = options;
  const get = (name: string): GoFunction | undefined =>
    own.get(name) ?? BUILT_IN_FUNCTIONS.get(name);
  return execute({ ...template, functions: { get }, variables, escaper }, data, limits);
}

/** Runs the line of a template. `undefined` when only `executeTemplate` can tell what comes of it. */
export function runLine<Data>(
  line: Line<Data>,
  data: Data,
  functions: FunctionTable,
): string | undefined {
  const get = (name: string): GoFunction | undefined => {
    return functions.get(name) ?? BUILT_IN_FUNCTIONS.get(name);
  };
  return printLineOf(line, data, { get });
}
