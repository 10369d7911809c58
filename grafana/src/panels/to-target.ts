import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
} from '@grafana/grafana-foundation-sdk/prometheus';
import {
  MetricsQueryType,
  SearchTableType,
  DataqueryBuilder as TempoQuery,
} from '@grafana/grafana-foundation-sdk/tempo';

import { DATA_SOURCES } from './data-source.ts';
import type { Source, Target } from './panel.ts';

const FORMATS = {
  time_series: PromQueryFormat.TimeSeries,
  table: PromQueryFormat.Table,
  heatmap: PromQueryFormat.Heatmap,
} as const;

const TRACES_MAX = 50;

/** A target as Grafana's JSON; `index` gives its letter. */
export function toTarget(target: Target, source: Source, index: number): Builder<Dataquery> {
  const refId = String.fromCodePoint(65 + index);
  if (source === 'traces') return traceQuery(target, refId);
  const { expr, legend = '', isInstant = false, hasExemplars = false, format } = target;
  const query = new PrometheusQuery()
    .refId(refId)
    .datasource(DATA_SOURCES[source])
    .expr(expr)
    .legendFormat(legend)
    .exemplar(hasExemplars)
    .format(FORMATS[format ?? 'time_series']);
  return isInstant ? query.instant() : query.range();
}

function traceQuery(target: Target, refId: string): Builder<Dataquery> {
  const query = new TempoQuery().refId(refId).datasource(DATA_SOURCES.traces);
  if (target.traceQuery === 'serviceMap') return query.queryType('serviceMap');
  const traceQl = query.queryType('traceql').query(target.expr).limit(TRACES_MAX);
  return target.isInstant === true
    ? traceQl.tableType(SearchTableType.Traces)
    : traceQl.metricsQueryType(MetricsQueryType.Range);
}
