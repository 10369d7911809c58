import { Labels } from '../../../model/labels.ts';
import type { Expr } from '../../../promql/ast.ts';
import type { EvaluationResult } from '../../../promql/eval/values.ts';
import type { RuleGroup } from '../../../rules/group.ts';
import type { ExemplarStore } from '../../../storage/exemplar-store.ts';
import type { SeriesStore } from '../../../storage/series-store.ts';

export interface QueryApi {
  parse(text: string): Expr;
  instant(
    expr: Expr,
    timeMs: number,
    limits?: { readonly timeoutMs?: number | undefined; readonly lookbackMs?: number | undefined },
  ): EvaluationResult;
  range(
    expr: Expr,
    times: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    limits?: { readonly timeoutMs?: number | undefined; readonly lookbackMs?: number | undefined },
  ): EvaluationResult;
}

export interface MetricMetadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** What the routes of Prometheus' API ask of the running service. */
export interface PrometheusApi {
  readonly queries: QueryApi;
  readonly store: SeriesStore;
  readonly exemplars: ExemplarStore;
  readonly version: string;
  readonly startedMs: number;
  /** Every series is kept for a while, not only those of rules. */
  readonly retainsAll: boolean;
  /** False after a reload that failed: the configuration before it runs on. */
  isConfigCurrent(): boolean;
  nowMs(): number;
  groups(): readonly RuleGroup[];
  metadata(): ReadonlyMap<string, MetricMetadata>;
}

/** Orders label sets in answers. */
export function byLabels(
  left: { readonly labels: Labels },
  right: { readonly labels: Labels },
): number {
  return Labels.compare(left.labels, right.labels);
}
