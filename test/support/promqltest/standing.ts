import { Labels } from '../../../collector/src/model/labels.ts';
import { AnnotationSet } from '../../../collector/src/promql/annotations.ts';
import type { Expr, LabelMatcher } from '../../../collector/src/promql/ast.ts';
import type {
  EvaluationResult,
  MatrixSeries,
  Point,
} from '../../../collector/src/promql/eval/values.ts';
import type { SeriesSource, SourceSeries } from '../../../collector/src/promql/series-source.ts';
import {
  type StandingOptions,
  StandingPlanner,
} from '../../../collector/src/promql/standing/plan/planner.ts';
import type { StandingQuery } from '../../../collector/src/promql/standing/plan/query.ts';
import type {
  LiveSeries,
  LiveSource,
} from '../../../collector/src/promql/standing/select/live-source.ts';
import type { EvaluatorUnderTest } from './run.ts';
import { GENERAL_EVALUATOR, RUNNER_OPTIONS } from './run.ts';

/** Series that stay as they are, as a live source. */
class SnapshotSource implements LiveSource, SeriesSource {
  readonly #source: SeriesSource;

  constructor(source: SeriesSource) {
    this.#source = source;
  }

  select(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): readonly SourceSeries[] {
    return this.#source.select(matchers, startMs, endMs);
  }

  values(): Iterable<LiveSeries> {
    return this.#source.select([], -Infinity, Infinity).map(liveSeries);
  }

  subscribe(): () => void {
    return () => undefined;
  }
}

function liveSeries(series: SourceSeries): LiveSeries {
  const page = series.columns(-Infinity, Infinity);
  return {
    labels: series.labels,
    columns: (startMs, endMs) => series.columns(startMs, endMs),
    ring: { page, begin: page.from, end: page.to, evicted: 0, revision: 0 },
  };
}

const EMPTY_SOURCE: SeriesSource = { select: () => [] };

type Plan = (expr: Expr, source: SeriesSource) => StandingQuery | undefined;

/** The standing planner; a range is a rule that is evaluated at one step after the other. */
function standingEvaluator(options: StandingOptions): EvaluatorUnderTest {
  const plan: Plan = (expr, source) => {
    const query = new StandingPlanner(new SnapshotSource(source), options).group().plan(expr);
    return 'refused' in query ? undefined : query;
  };
  return {
    isGeneral: false,
    accepts: (expr) => plan(expr, EMPTY_SOURCE) !== undefined,
    instant: (expr, source, timeMs) =>
      plan(expr, source)?.evaluate(timeMs) ?? GENERAL_EVALUATOR.instant(expr, source, timeMs),
    range: (expr, source, times) => {
      // At its own single time a rule cannot know the ends of a range.
      const query = hasTimePin(expr) ? undefined : plan(expr, source);
      if (query === undefined) return GENERAL_EVALUATOR.range(expr, source, times);
      return evaluateSteps(query, times);
    },
  };
}

/** As the alert service has it: the general evaluator answers where data is irregular. */
export const STANDING_EVALUATOR: EvaluatorUnderTest = standingEvaluator(RUNNER_OPTIONS);

/** The standing evaluator alone; data that it leaves to the general one is a fault. */
export const STANDING_ALONE: EvaluatorUnderTest = standingEvaluator({
  ...RUNNER_OPTIONS,
  general: () => {
    throw new Error('The standing evaluator asked the general one');
  },
});

function hasTimePin(expr: Expr): boolean {
  return JSON.stringify(expr).includes('"at":{"kind"');
}

function evaluateSteps(
  query: StandingQuery,
  { startMs, endMs, stepMs }: { startMs: number; endMs: number; stepMs: number },
): EvaluationResult {
  const annotations = new AnnotationSet();
  const byLabels = new Map<string, { labels: Labels; points: Point[] }>();
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const result = query.evaluate(timeMs);
    for (const annotation of result.annotations) annotations.add(annotation);
    for (const { labels, ...point } of elementsOf(result)) {
      const series = byLabels.get(labels.key) ?? { labels, points: [] };
      byLabels.set(labels.key, series);
      series.points.push(point);
    }
  }
  const series: MatrixSeries[] = [...byLabels.values()].sort((left, right) =>
    Labels.compare(left.labels, right.labels),
  );
  return { value: { kind: 'matrix', series }, annotations: annotations.list() };
}

function elementsOf({ value }: EvaluationResult): readonly (Point & { labels: Labels })[] {
  if (value.kind === 'vector') return value.elements;
  if (value.kind !== 'scalar') return [];
  return [{ labels: Labels.EMPTY, timeMs: value.timeMs, value: value.value }];
}
