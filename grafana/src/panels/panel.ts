/** Which of the board's data sources answers a panel. */
export type Source = 'metrics' | 'alerts' | 'traces';

export interface Target {
  /** PromQL, or TraceQL where the source is `traces`. */
  readonly expr: string;
  /** Legend, with `{{label}}` for the value of a label. */
  readonly legend?: string;
  /** Asks for the newest value only, as tables, stats and bars want it. */
  readonly isInstant?: boolean;
  readonly hasExemplars?: boolean;
  readonly format?: 'time_series' | 'table' | 'heatmap';
  /** Of a trace query: `traceql`, a service map, or one trace by its id. */
  readonly traceQuery?: 'traceql' | 'serviceMap' | 'traceId';
}

export type PanelKind =
  | 'timeseries'
  | 'stat'
  | 'gauge'
  | 'bargauge'
  | 'barchart'
  | 'heatmap'
  | 'table'
  | 'state-timeline'
  | 'node-graph'
  | 'traces'
  | 'alert-list';

/** A value and what stands for it. */
export interface ValueText {
  readonly value: string;
  readonly text: string;
  readonly color: string;
}

/** A colour from a value on; the first has no value. */
export interface Threshold {
  readonly from?: number;
  readonly color: string;
}

/** One panel as data; `toPanel` turns it into Grafana's JSON. */
export interface PanelSpec {
  readonly title: string;
  /** What it shows, and what to do when it turns red. */
  readonly description: string;
  readonly kind: PanelKind;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly targets: readonly Target[];
  readonly source?: Source;
  /** Of 24 columns. */
  readonly width?: number;
  readonly height?: number;
  readonly min?: number;
  readonly max?: number;
  readonly isStacked?: boolean;
  readonly isLogarithmic?: boolean;
  readonly thresholds?: readonly Threshold[];
  readonly texts?: readonly ValueText[];
  /** Columns of a table in their order, by the name of the field; others are hidden. */
  readonly columns?: Readonly<Record<string, string>>;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}
