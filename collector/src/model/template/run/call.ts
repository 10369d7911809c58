import { TemplateError } from '../error.ts';
import { type NumberNode, type OperandNode, printNode, type TemplateTree } from '../parse/nodes.ts';
import {
  type Budget,
  type GoFunction,
  type ParameterType,
  typeName,
  type Value,
} from '../value.ts';

/** A call as it stands in a template, and how to evaluate what it needs. */
export interface CallSite {
  readonly name: string;
  readonly args: readonly OperandNode[];
  readonly hasPiped: boolean;
  readonly piped: Value;
  readonly node: TemplateTree;
  readonly budget: Budget;
  readonly stringLengthMax: number;
  evaluate(node: OperandNode): Value;
  /** Moves the place that an error names. */
  at(node: TemplateTree): void;
  fail(message: string): never;
}

/** Evaluates and checks the arguments as Go does, then calls. */
export function callFunction(called: GoFunction, site: CallSite): Value {
  checkCount(called, site);
  const values = site.args.map((node, index) => {
    return evaluateArgument(node, typeAt(called, index), site);
  });
  if (site.hasPiped) {
    values.push(checkType(site.piped, typeAt(called, values.length), site));
  }
  return invoke(called, values, site);
}

function checkCount(called: GoFunction, site: CallSite): void {
  const got = site.args.length + (site.hasPiped ? 1 : 0);
  const wanted = called.parameters.length;
  if (called.rest !== undefined) {
    if (got < wanted) {
      const count = `want at least ${wanted} got ${site.args.length}`;
      site.fail(`wrong number of args for ${site.name}: ${count}`);
    }
  } else if (got !== wanted) {
    site.fail(`wrong number of args for ${site.name}: want ${wanted} got ${got}`);
  }
}

function typeAt(called: GoFunction, index: number): ParameterType {
  return called.parameters[index] ?? called.rest ?? 'any';
}

function evaluateArgument(node: OperandNode, type: ParameterType, site: CallSite): Value {
  site.at(node);
  if (node.kind === 'nil') {
    if (isScalarType(type)) site.fail(`cannot assign nil to ${type}`);
    return undefined;
  }
  if (node.kind === 'number') return numberArgument(node, type, site);
  if (node.kind === 'bool' || node.kind === 'string') {
    if (type !== node.kind && !acceptsAll(type)) rejectConstant(node, type, site);
    return node.value;
  }
  const value = site.evaluate(node);
  // A field that holds nothing still has a type, unlike a variable.
  if (
    value === undefined &&
    isScalarType(type) &&
    (node.kind === 'field' || node.kind === 'chain')
  ) {
    site.fail(`wrong type for value; expected ${type}; got interface {}`);
  }
  return checkType(value, type, site);
}

function numberArgument(node: NumberNode, type: ParameterType, site: CallSite): Value {
  if (acceptsAll(type)) return site.evaluate(node);
  if (type === 'int' && node.integer !== undefined) return node.integer;
  if (type === 'float64' && node.float !== undefined) return node.float;
  return rejectConstant(node, type, site);
}

const CONSTANT_NAMES: Readonly<Record<string, string>> = {
  bool: 'bool',
  string: 'string',
  int: 'integer',
  float64: 'float',
};

function rejectConstant(node: OperandNode, type: ParameterType, site: CallSite): never {
  const wanted = CONSTANT_NAMES[type];
  if (wanted === undefined) site.fail(`can't handle ${printNode(node)} for arg of type ${type}`);
  site.fail(`expected ${wanted}; found ${printNode(node)}`);
}

function checkType(value: Value, type: ParameterType, site: CallSite): Value {
  if (acceptsAll(type)) return value;
  if (value === undefined) {
    if (isScalarType(type)) site.fail(`invalid value; expected ${type}`);
    return undefined;
  }
  const got = typeName(value);
  if (got !== type) site.fail(`wrong type for value; expected ${type}; got ${got}`);
  return value;
}

function acceptsAll(type: ParameterType): boolean {
  return type === 'any' || type === 'value';
}

/** Whether nil is no value of the type. */
function isScalarType(type: ParameterType): boolean {
  return CONSTANT_NAMES[type] !== undefined;
}

function invoke(called: GoFunction, values: readonly Value[], site: CallSite): Value {
  let result: Value;
  try {
    result = called.call(values, site.budget);
  } catch (error) {
    // An error of a template executed inside, or a bug, is passed on as it is.
    if (error instanceof TemplateError || !(error instanceof Error)) throw error;
    site.at(site.node);
    return site.fail(`error calling ${site.name}: ${error.message}`);
  }
  if (typeof result === 'string' && result.length > site.stringLengthMax) {
    site.at(site.node);
    site.fail(`error calling ${site.name}: string exceeds ${site.stringLengthMax} characters`);
  }
  return result;
}
