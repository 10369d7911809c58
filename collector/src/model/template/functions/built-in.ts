import { printDefault, printFormatted, printLine } from '../format/printf.ts';
import { type GoFunction, isTrue, textOf, typeName, type Value } from '../value.ts';
import { COLLECTION_FUNCTIONS } from './collection.ts';
import { COMPARE_FUNCTIONS } from './compare.ts';
import { ESCAPE_FUNCTIONS } from './escape.ts';

function callValue(args: readonly Value[], budget: Parameters<GoFunction['call']>[1]): Value {
  const [called, ...rest] = args;
  if (called === undefined) throw new Error('call of nil');
  if (typeof called !== 'object' || called.kind !== 'function') {
    throw new Error(`non-function ${printDefault([called])} of type ${typeName(called)}`);
  }
  return called.function.call(rest, budget);
}

/** The executor evaluates `and` and `or` itself, because they stop at the first decisive operand. */
const shortCircuit: GoFunction = { parameters: ['value'], rest: 'value', call: ([first]) => first };

function formatted([format, ...args]: readonly Value[]): string {
  return printFormatted(textOf(format), args);
}

/** Functions that every Go template knows. */
export const BUILT_IN_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries({
    ...COLLECTION_FUNCTIONS,
    ...COMPARE_FUNCTIONS,
    ...ESCAPE_FUNCTIONS,
    and: shortCircuit,
    or: shortCircuit,
    not: { parameters: ['value'], call: ([value]) => !isTrue(value) },
    call: { parameters: ['value'], rest: 'value', call: callValue },
    print: { parameters: [], rest: 'any', call: printDefault },
    println: { parameters: [], rest: 'any', call: printLine },
    printf: { parameters: ['string'], rest: 'any', call: formatted },
  } satisfies Record<string, GoFunction>),
);
