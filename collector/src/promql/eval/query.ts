import type { Expr, Position, VectorSelector } from '../ast.ts';
import { PromqlError } from '../error.ts';
import type { SeriesSource } from '../series-source.ts';
import type { Annotation } from './annotations.ts';
import { AnnotationSet } from './annotations.ts';
import { selectorsOfTotals } from './histogram-totals.ts';
import type { EvaluationOptions } from './options.ts';
import type { StepValue } from './step-series.ts';

/** The times at which an expression is evaluated: `count` steps from `startMs`. */
export interface StepGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** The times of the whole query, which `start()`, `end()`, `step()` and `range()` name. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** 0 in an instant query. */
  readonly stepMs: number;
}

/** One evaluation of one expression, and everything that its parts share. */
export class Query {
  readonly source: SeriesSource;
  readonly times: QueryTimes;
  readonly options: EvaluationOptions;
  readonly annotations: AnnotationSet = new AnnotationSet();
  /** Evaluates a part of the expression; the parts call back through here. */
  readonly evaluate: (expr: Expr, scope: Scope) => StepValue;
  /** Selectors whose histograms are taken without buckets. */
  readonly selectorsOfTotals: ReadonlySet<VectorSelector>;
  /** Samples held now. */
  samplesHeld = 0;

  constructor(parts: {
    source: SeriesSource;
    times: QueryTimes;
    options: EvaluationOptions;
    evaluate: (expr: Expr, scope: Scope) => StepValue;
    expr: Expr;
  }) {
    this.source = parts.source;
    this.times = parts.times;
    this.options = parts.options;
    this.evaluate = parts.evaluate;
    this.selectorsOfTotals = selectorsOfTotals(parts.expr);
  }

  annotate(annotation: Annotation): void {
    this.annotations.add(annotation);
  }

  /** Counts samples that stay in memory until the value they belong to is dropped. */
  hold(samples: number): void {
    this.samplesHeld += samples;
    this.checkRoomFor(0);
  }

  /** @throws {PromqlError} when that many samples more would be too many. */
  checkRoomFor(samples: number): void {
    if (this.samplesHeld + samples > this.options.samplesMax) {
      throw evaluationError(
        'query processing would load too many samples into memory in query execution',
      );
    }
  }

  /** @throws {PromqlError} once the query is cancelled or out of time. */
  checkCancelled(): void {
    if (this.options.isCancelled()) {
      throw evaluationError('query timed out in expression evaluation');
    }
  }
}

/** What an expression is evaluated in: the query, and the steps of the innermost subquery. */
export interface Scope {
  readonly query: Query;
  readonly grid: StepGrid;
}

/** The evaluation time of a step. */
export function stepTimeMs(grid: StepGrid, step: number): number {
  return grid.startMs + step * grid.stepMs;
}

const NOWHERE: Position = { start: 0, end: 0 };

/** An error of an expression that is sound but cannot be evaluated on this data. */
export function evaluationError(reason: string, position: Position = NOWHERE): PromqlError {
  return new PromqlError({
    code: 'PROMQL_EVALUATION',
    reason,
    text: '',
    start: position.start,
    end: position.end,
  });
}
