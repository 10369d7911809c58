import type { Queries } from '../../../exchange/query.ts';
import { Labels } from '../../../model/labels.ts';
import type { Expr } from '../../../promql/ast.ts';
import type { RuleGroup } from '../../../rules/group.ts';
import type { ExemplarStore } from '../../../storage/exemplar-store.ts';
import type { SeriesStore } from '../../../storage/series-store.ts';

export interface MetricMetadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** What the routes of Prometheus' API ask of the running service. */
export interface PrometheusApi {
  readonly queries: Queries;
  readonly store: SeriesStore;
  /** @throws {PromqlError} */
  readonly parse: (text: string) => Expr;
  readonly exemplars: ExemplarStore;
  readonly version: string;
  readonly startedMs: number;
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
