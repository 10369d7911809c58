import { Labels } from '../../../model/labels.ts';
import type { Call, VectorSelector } from '../../ast.ts';
import { SCALAR_FUNCTIONS } from '../../functions/float-functions.ts';
import { droppedName, mergeSameLabels } from '../name-removal.ts';
import type { QueryTimes, Scope } from '../query.ts';
import { stepTimeMs } from '../query.ts';
import { forEachSeries, walkInstant } from '../selectors/instant.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { ABSENT, emptySeries, FLOAT, hasSamples, NO_SERIES, setFloat } from '../step-series.ts';
import { argumentAt, scalarArgument, vectorArgument } from './arguments.ts';

/** The times of the query in seconds, by the function that names them. */
const QUERY_TIMES: ReadonlyMap<string, (times: QueryTimes) => number> = new Map([
  ['start', ({ startMs }: QueryTimes) => startMs / 1000],
  ['end', ({ endMs }: QueryTimes) => endMs / 1000],
  ['range', ({ startMs, endMs }: QueryTimes) => (endMs - startMs) / 1000],
  ['step', ({ startMs, endMs, stepMs }: QueryTimes) => (startMs === endMs ? 0 : stepMs / 1000)],
]);

/** `time`, `pi`, `min_of` and other functions that give a scalar; `undefined` for the rest. */
export function evaluateScalarCall(call: Call, scope: Scope): StepValue | undefined {
  const { grid, query } = scope;
  const fill = (valueAt: (step: number) => number): StepValue => ({
    kind: 'scalar',
    values: Array.from({ length: grid.count }, (_, step) => valueAt(step)),
  });
  const ofTimes = QUERY_TIMES.get(call.function);
  if (ofTimes !== undefined) return fill(() => ofTimes(query.times));
  const ofScalars = SCALAR_FUNCTIONS.get(call.function);
  if (ofScalars !== undefined) {
    const [left, right] = [scalarArgument(call, 0, scope), scalarArgument(call, 1, scope)];
    return fill((step) => ofScalars(left[step] ?? Number.NaN, right[step] ?? Number.NaN));
  }
  switch (call.function) {
    case 'time':
      return fill((step) => stepTimeMs(grid, step) / 1000);
    case 'pi':
      return fill(() => Math.PI);
    case 'scalar': {
      const series = vectorArgument(call, 0, scope);
      return fill((step) => onlyFloat(series, step));
    }
    default:
      return undefined;
  }
}

/** The one float at a step; NaN when there is none or more than one. */
function onlyFloat(series: readonly StepSeries[], step: number): number {
  const floats = series.filter(({ kinds }) => kinds[step] === FLOAT);
  return floats.length === 1 ? (floats[0]?.values[step] ?? Number.NaN) : Number.NaN;
}

/** `vector(s)` */
export function evaluateVector(call: Call, scope: Scope): StepValue {
  const series = emptySeries(Labels.EMPTY, scope.grid.count);
  for (const [step, value] of scalarArgument(call, 0, scope).entries()) {
    setFloat(series, step, value);
  }
  return { kind: 'vector', series: [series] };
}

/**
 * `timestamp(v)` and `start_timestamp(v)`: of a selector, the times of its samples. Any other vector
 * has the evaluation time as its timestamp, and no start timestamp.
 */
export function evaluateTimestamp(call: Call, scope: Scope): StepValue {
  const argument = argumentAt(call, 0);
  const isStart = call.function === 'start_timestamp';
  if (argument.kind === 'vectorSelector') return timesOfSelector(argument, { isStart, scope });
  if (isStart) return NO_SERIES;
  const series = vectorArgument(call, 0, scope).map((item) => {
    const { labels, dropsName } = droppedName(item.labels, scope.query);
    const times = emptySeries(labels, scope.grid.count, dropsName);
    for (const [step, kind] of item.kinds.entries()) {
      if (kind !== ABSENT) setFloat(times, step, stepTimeMs(scope.grid, step) / 1000);
    }
    return times;
  });
  return { kind: 'vector', series: mergeSameLabels(series) };
}

function timesOfSelector(
  selector: VectorSelector,
  { isStart, scope }: { readonly isStart: boolean; readonly scope: Scope },
): StepValue {
  const { query, grid } = scope;
  const output: StepSeries[] = [];
  if (isStart && !query.options.features.startTimestamps) return NO_SERIES;
  forEachSeries(selector, scope, (source, times) => {
    const { labels, dropsName } = droppedName(source.labels, query);
    const series = emptySeries(labels, grid.count, dropsName);
    walkInstant(source, { times, scope, selector }, (step, { columns, position }) => {
      const timeMs = isStart ? columns.startTimes?.[position] : columns.times[position];
      setFloat(series, step, (timeMs ?? 0) / 1000);
    });
    if (hasSamples(series)) output.push(series);
  });
  return { kind: 'vector', series: mergeSameLabels(output) };
}
