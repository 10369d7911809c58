import { ALL_FEATURES } from '../promql/all-features.ts';
import { evaluateRange } from '../promql/evaluate-range.ts';

import type { Expr } from '../../../collector/src/promql/ast.ts';
import { PromqlError } from '../../../collector/src/promql/error.ts';
import { evaluateInstant } from '../../../collector/src/promql/eval/evaluate.ts';
import type { EvaluationOptions } from '../../../collector/src/promql/eval/options.ts';
import type { EvaluationResult, Value } from '../../../collector/src/promql/eval/values.ts';
import { MemorySource } from '../../../collector/src/promql/memory-source.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import type { SeriesSource } from '../../../collector/src/promql/series-source.ts';
import { compareAnnotations, compareFailure, compareValue, isExpected } from './compare.ts';
import { pinSelectors } from './pin.ts';
import type { EvalCommand } from './script.ts';
import { parseScript } from './script.ts';
import { load } from './storage.ts';

/** What became of one `eval`. */
export interface CaseResult {
  readonly line: number;
  readonly expr: string;
  /** What is wrong; absent when the case passed. */
  readonly fault?: string;
}

/** The evaluator under test. */
export interface EvaluatorUnderTest {
  /** Takes every expression, so that texts which do not parse are its business too. */
  readonly isGeneral: boolean;
  /** Cases it refuses are not run (and not counted). */
  accepts(expr: Expr): boolean;
  instant(expr: Expr, source: SeriesSource, timeMs: number): EvaluationResult;
  range(
    expr: Expr,
    source: SeriesSource,
    times: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  ): EvaluationResult;
}

/** The settings of upstream's own runner: everything experimental but type and unit labels. */
export const RUNNER_OPTIONS: Partial<EvaluationOptions> = {
  lookbackMs: 300_000,
  defaultSubqueryStepMs: 60_000,
  samplesMax: 10_000,
  features: { ...ALL_FEATURES, typeAndUnitLabels: false },
};

export const GENERAL_EVALUATOR: EvaluatorUnderTest = {
  isGeneral: true,
  accepts: () => true,
  instant: (expr, source, timeMs) =>
    evaluateInstant(expr, { source, timeMs, options: RUNNER_OPTIONS }),
  range: (expr, source, times) =>
    evaluateRange(expr, { source, ...times, options: RUNNER_OPTIONS }),
};

/** Runs a script; a case that fails does not stop the ones after it. */
export function runScript(
  text: string,
  evaluator: EvaluatorUnderTest = GENERAL_EVALUATOR,
): CaseResult[] {
  const source = new MemorySource();
  const results: CaseResult[] = [];
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') source.clear();
    else if (command.kind === 'load') load(source, command);
    else {
      const fault = new CaseRun(command, source, evaluator).run();
      if (fault === 'refused') continue;
      const { line, expr } = command;
      results.push(fault === undefined ? { line, expr } : { line, expr, fault });
    }
  }
  return results;
}

const MINUTE_MS = 60_000;
const TIMES_OF_QUERY = /(?:start|end|range|step)\(\)/u;

class CaseRun {
  readonly #command: EvalCommand;
  readonly #source: SeriesSource;
  readonly #evaluator: EvaluatorUnderTest;

  constructor(command: EvalCommand, source: SeriesSource, evaluator: EvaluatorUnderTest) {
    this.#command = command;
    this.#source = source;
    this.#evaluator = evaluator;
  }

  /** What is wrong, `refused` when the evaluator does not take the expression. */
  run(): string | undefined {
    const command = this.#command;
    let expr: Expr;
    try {
      expr = parseExpr(command.expr, RUNNER_OPTIONS.features);
    } catch (cause) {
      return this.#evaluator.isGeneral ? this.#judgeFailure(cause) : 'refused';
    }
    if (!this.#evaluator.accepts(expr)) return 'refused';
    if (command.isRange) {
      const { startMs, endMs, stepMs } = command;
      const times = { startMs, endMs, stepMs };
      return this.#check(() => this.#evaluator.range(expr, this.#source, times));
    }
    return this.#runInstant(expr);
  }

  /** At the given time, then pinned to it and evaluated at others, each time also in a range. */
  #runInstant(expr: Expr): string | undefined {
    const timeMs = this.#command.isMatrix ? this.#command.endMs : this.#command.startMs;
    const fault = this.#checkInstant(expr, timeMs);
    if (fault !== undefined) return fault;
    const pinned = pinSelectors(expr, timeMs);
    if (pinned === undefined) return undefined;
    const others =
      timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, timeMs / 5, timeMs, 10 * timeMs];
    for (const otherMs of others) {
      const pinnedFault = this.#checkInstant(pinned, Math.trunc(otherMs));
      if (pinnedFault !== undefined) return `pinned, at ${otherMs}: ${pinnedFault}`;
    }
    return undefined;
  }

  #checkInstant(expr: Expr, timeMs: number): string | undefined {
    const command = this.#command;
    let value: Value | undefined;
    const fault = this.#check(() => {
      const result = this.#evaluator.instant(expr, this.#source, timeMs);
      ({ value } = result);
      return result;
    });
    const isComparable =
      !command.isMatrix && command.text === undefined && !TIMES_OF_QUERY.test(command.expr);
    if (fault !== undefined || value === undefined || !isComparable) return fault;
    const rangeFault = this.#checkInRange(expr, timeMs, value);
    return rangeFault === undefined ? undefined : `in a range: ${rangeFault}`;
  }

  #check(evaluate: () => EvaluationResult): string | undefined {
    let result: EvaluationResult;
    try {
      result = evaluate();
    } catch (cause) {
      return this.#judgeFailure(cause);
    }
    if (isExpected(this.#command, 'fail')) return 'expected an error, got none';
    return (
      compareAnnotations(this.#command, result.annotations) ??
      compareValue(this.#command, result.value)
    );
  }

  #judgeFailure(cause: unknown): string | undefined {
    if (!PromqlError.is(cause)) throw cause;
    if (!isExpected(this.#command, 'fail')) return `failed: ${cause.message}`;
    return compareFailure(this.#command, cause.message);
  }

  #checkInRange(expr: Expr, timeMs: number, instant: Value): string | undefined {
    const times = { startMs: timeMs - MINUTE_MS, endMs: timeMs + MINUTE_MS, stepMs: MINUTE_MS };
    let result: EvaluationResult;
    try {
      result = this.#evaluator.range(expr, this.#source, times);
    } catch (cause) {
      if (!PromqlError.is(cause)) throw cause;
      return `failed: ${cause.message}`;
    }
    if (isExpected(this.#command, 'ordered') || result.value.kind !== 'matrix') return undefined;
    const elements = result.value.series.flatMap(({ labels, points }) =>
      points.filter((point) => point.timeMs === timeMs).map((point) => ({ labels, ...point })),
    );
    const value: Value =
      instant.kind === 'scalar'
        ? { kind: 'scalar', timeMs, value: elements[0]?.value ?? Number.NaN }
        : { kind: 'vector', elements };
    return compareValue(this.#command, value);
  }
}
