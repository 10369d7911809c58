import type { Call, Expr, MatrixSelector } from '../../ast.ts';
import { PromqlError } from '../../error.ts';
import { labelsOfSelector } from '../../eval/calls/absent.ts';
import { unwrapParens } from '../../eval/calls/arguments.ts';
import { labelChangeOf, setsName } from '../../eval/calls/label-call.ts';
import { nonCounter } from '../../eval/calls/non-counter.ts';
import { DATE_FUNCTIONS } from '../../functions/date-functions.ts';
import { FLOAT_FUNCTIONS } from '../../functions/float-functions.ts';
import { NAME_KEEPING_FUNCTIONS, RANGE_FUNCTIONS } from '../../functions/range-functions.ts';
import { keepName, type Naming } from '../naming.ts';
import type { Node, ScalarNode, VectorNode } from '../node.ts';
import { RangeFunctionNode } from '../range/range-function.ts';
import {
  type CounterCheck,
  type RangeOptions,
  type RateFunction,
  RateNode,
} from '../range/rate.ts';
import { shortcutOf } from '../range/shortcuts.ts';
import { Refusal } from '../refusal.ts';
import { TimestampNode } from '../select/instant.ts';
import { MapNode } from '../values/map.ts';
import { QuantileNode } from '../values/quantile.ts';
import { constant, onlySample, TIME } from '../values/scalars.ts';
import { AbsentNode, VectorOfNode } from '../values/vector-of.ts';
import { type Builder, fixedOffset, fixedRange } from './builder.ts';

const RATES: ReadonlySet<string> = new Set(['rate', 'increase', 'delta'] satisfies RateFunction[]);

/** Functions whose answer also depends on where the window begins and ends. */
const DEPENDS_ON_WINDOW: ReadonlySet<string> = new Set(['predict_linear']);

/** Makes the node of a function call. @throws {Refusal} */
export function buildCall(call: Call, builder: Builder): Node {
  const range = call.args.map(unwrapParens).find((argument) => argument.kind === 'matrixSelector');
  if (range?.kind === 'matrixSelector') return buildRangeCall(call, range, builder);
  switch (call.function) {
    case 'time':
      return TIME;
    case 'pi':
      return constant(Math.PI);
    case 'scalar':
      return onlySample(builder.buildVector(argumentOf(call, 0)));
    case 'vector':
      return builder.register(new VectorOfNode(builder.buildScalar(argumentOf(call, 0))));
    case 'absent':
      return buildAbsent(builder.buildVector(argumentOf(call, 0)), argumentOf(call, 0), builder);
    case 'histogram_quantile':
      return buildQuantile(call, builder);
    case 'timestamp':
      return buildTimestamp(argumentOf(call, 0), builder);
    case 'label_replace':
    case 'label_join':
      return buildLabelCall(call, builder);
    default:
      return buildFloatCall(call, builder);
  }
}

function argumentOf(call: Call, index: number): Expr {
  const argument = call.args[index];
  if (argument === undefined) throw new Refusal(`${call.function} lacks an argument`);
  return unwrapParens(argument);
}

function buildRangeCall(call: Call, range: MatrixSelector, builder: Builder): VectorNode {
  const name = call.function;
  const members = builder.membersOf(range.selector);
  const { features } = builder.options;
  const options: RangeOptions = {
    rangeMs: fixedRange(range),
    offsetMs: fixedOffset(range.selector),
    name: NAME_KEEPING_FUNCTIONS.has(name) ? keepName : builder.dropping,
    usesStartTimes: features.startTimestamps,
  };
  if (RATES.has(name)) {
    const position = call.args[0]?.position ?? call.position;
    const check: CounterCheck | undefined =
      name === 'delta' ? undefined : (labels) => nonCounter(labels, features, position);
    const node = new RateNode(members, name as RateFunction, { ...options, check });
    return builder.register(node, members);
  }
  const node = buildRangeFunction(call, { range, options }, builder);
  return name === 'absent_over_time' ? buildAbsent(node, range, builder) : node;
}

function buildRangeFunction(
  call: Call,
  { range, options }: { readonly range: MatrixSelector; readonly options: RangeOptions },
  builder: Builder,
): VectorNode {
  const compute = RANGE_FUNCTIONS.get(call.function);
  if (compute === undefined) throw new Refusal(`${call.function} has no standing form`);
  const scalars = call.args
    .filter((argument) => unwrapParens(argument) !== range)
    .map((argument) => builder.buildScalar(argument));
  const computation = {
    compute,
    scalars,
    isOfSamplesOnly: !DEPENDS_ON_WINDOW.has(call.function),
    shortcut: shortcutOf(call.function),
  };
  const members = builder.membersOf(range.selector);
  const node = new RangeFunctionNode(members, computation, options);
  return builder.register(node, members);
}

function buildAbsent(input: VectorNode, selector: Expr, builder: Builder): VectorNode {
  return builder.register(new AbsentNode(input, labelsOfSelector(selector)));
}

function buildQuantile(call: Call, builder: Builder): VectorNode {
  const quantile = builder.buildScalar(argumentOf(call, 0));
  const input = builder.buildVector(argumentOf(call, 1));
  const node = new QuantileNode(quantile, input, {
    name: builder.dropping,
    isNameRemovalDelayed: builder.isNameRemovalDelayed,
    position: call.args[1]?.position ?? call.position,
  });
  return builder.register(node);
}

/** The time of each sample of a selector; samples of anything else are of the evaluation time. */
function buildTimestamp(argument: Expr, builder: Builder): VectorNode {
  if (argument.kind === 'vectorSelector') {
    const members = builder.membersOf(argument);
    const options = {
      offsetMs: fixedOffset(argument),
      lookbackMs: builder.options.lookbackMs,
      name: builder.dropping,
    };
    return builder.register(new TimestampNode(members, options), members);
  }
  const input = builder.buildVector(argument);
  const node = new MapNode(
    input,
    ({ timeMs }) =>
      () =>
        timeMs / 1000,
    { name: builder.dropping },
  );
  return builder.register(node);
}

function buildLabelCall(call: Call, builder: Builder): VectorNode {
  const input = builder.buildVector(argumentOf(call, 0));
  const change = validLabelChange(call);
  const isNameSet = setsName(call);
  const name: Naming = (labels, dropsName) => {
    const changed = change(labels);
    if (changed === undefined) return { labels, dropsName };
    return { labels: changed, dropsName: dropsName && !isNameSet };
  };
  const node = new MapNode(input, () => (value) => value, { name, mayClash: true });
  return builder.register(node);
}

/** What is invalid is an error of each evaluation, which the general evaluator words. */
function validLabelChange(call: Call): ReturnType<typeof labelChangeOf> {
  try {
    return labelChangeOf(call);
  } catch (error) {
    if (PromqlError.is(error)) throw new Refusal(error.reason);
    throw error;
  }
}

/** Functions that look at nothing but the float of each sample. */
function buildFloatCall(call: Call, builder: Builder): VectorNode {
  const part = DATE_FUNCTIONS.get(call.function);
  if (part !== undefined) return buildDateCall(call, part, builder);
  const compute = FLOAT_FUNCTIONS.get(call.function);
  if (compute === undefined) throw new Refusal(`${call.function} has no standing form`);
  const input = builder.buildVector(argumentOf(call, 0));
  const scalars = call.args.slice(1).map((argument) => builder.buildScalar(argument));
  const node = new MapNode(
    input,
    (tick) => {
      const numbers = scalars.map((scalar) => scalar.evaluate(tick));
      const [lower = 0, upper = 0] = numbers;
      if (call.function === 'clamp' && upper < lower) return () => undefined;
      return (value) => compute(value, numbers);
    },
    { name: builder.dropping },
  );
  return builder.register(node);
}

/** Without an argument, a date function gives the part of the evaluation time. */
function buildDateCall(
  call: Call,
  part: (seconds: number) => number,
  builder: Builder,
): VectorNode {
  if (call.args.length === 0) {
    const scalar: ScalarNode = { kind: 'scalar', evaluate: ({ timeMs }) => part(timeMs / 1000) };
    return builder.register(new VectorOfNode(scalar));
  }
  const input = builder.buildVector(argumentOf(call, 0));
  return builder.register(new MapNode(input, () => part, { name: builder.dropping }));
}
