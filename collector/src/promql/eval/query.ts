import type { Annotation } from '../annotations.ts';
import { AnnotationSet } from '../annotations.ts';
import type { Expr, VectorSelector } from '../ast.ts';
import { evaluationError } from '../error.ts';
import type { SeriesSource } from '../series-source.ts';
import { selectorsOfTotals } from './histogram-totals.ts';
import type { EvaluationOptions } from './options.ts';
import { heapBytesOfSeries, type StepValue } from './step-series.ts';

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

export interface Held {
  readonly samples: number;
  readonly bytes: number;
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
  /** Samples held now, and the heap they take. */
  held: Held = { samples: 0, bytes: 0 };

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

  /** Counts what stays in memory until the value it belongs to is dropped. */
  hold({ samples, bytes }: Held): void {
    this.held = { samples: this.held.samples + samples, bytes: this.held.bytes + bytes };
    this.checkRoomFor(0);
  }

  /** @throws {PromqlError} when that many samples, or bytes of heap, more would be too many. */
  checkRoomFor(samples: number, bytes = 0): void {
    const { samplesMax, bytesMax } = this.options;
    if (this.held.samples + samples > samplesMax) {
      throw evaluationError(
        'query processing would load too many samples into memory in query execution',
      );
    }
    if (this.held.bytes + bytes > bytesMax) {
      throw evaluationError(
        `query needs more memory than the ${Math.floor(bytesMax / 2 ** 20)} MiB that a query may hold: ` +
          'select fewer series, or ask for fewer steps',
      );
    }
  }

  /** @throws {PromqlError} when the output series of a part would not fit beside what is held. */
  checkRoomForSeries(seriesCount: number, steps: number): void {
    this.checkRoomFor(steps, heapBytesOfSeries(seriesCount, steps));
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
