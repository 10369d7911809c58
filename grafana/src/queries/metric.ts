import {
  ATTR_MODEL_NAME,
  type AttributeRow,
  type MetricRow,
  promLabelName,
  promName,
} from '@telltale/core';

/** Which of a board's variables choose among the series of a metric. */
export type Scope = 'model' | 'service' | 'service name' | 'model name' | 'none';

/** A metric as Prometheus holds it. */
export interface Metric {
  /** Name of its series; of a histogram the name without `_bucket`. */
  readonly series: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly scope: Scope;
}

/** A metric of Telltale, named by its row of the registry. */
export function metric(row: MetricRow, scope: Scope = scopeOf(row)): Metric {
  const { name, unit, instrument } = row;
  const series = promName({ name, unit, kind: instrument });
  return { series, kind: instrument === 'updowncounter' ? 'gauge' : instrument, scope };
}

const scopeOf = ({ attributes }: MetricRow): Scope =>
  attributes.includes(ATTR_MODEL_NAME) ? 'model' : 'service';

/** An attribute's label. */
export const label = (row: AttributeRow): string => promLabelName(row.name);
