/** Whether a name may still change: everything Telltale emits starts in development, as OpenTelemetry words it. */
export type Stability = 'development' | 'stable';

export type InstrumentKind = 'counter' | 'updowncounter' | 'gauge' | 'histogram';

export type AttributeType = 'string' | 'string[]' | 'int' | 'double' | 'boolean';

export interface AttributeRow {
  readonly name: string;
  readonly type: AttributeType;
  readonly description: string;
  /** The closed list of values, when there is one. */
  readonly values?: readonly string[];
  readonly stability: Stability;
}

export interface MetricRow {
  readonly name: string;
  readonly instrument: InstrumentKind;
  /** Read by a callback at collection rather than recorded at the event. */
  readonly isObservable: boolean;
  /** UCUM unit; `{thing}` counts things, `1` is a fraction. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly AttributeRow[];
  /** Upper bounds of a histogram's buckets, in `unit`. */
  readonly buckets?: readonly number[];
  readonly stability: Stability;
}

export interface SpanRow {
  /** Low-cardinality name; `{…}` stands for the value of that attribute. */
  readonly name: string;
  readonly when: string;
  readonly attributes: readonly AttributeRow[];
  readonly stability: Stability;
}

export type EventType = 'PERFORMANCE' | 'REQUEST' | 'PREDICTION' | 'ALERT' | 'ERROR';

export interface EventRow {
  readonly name: string;
  readonly type: EventType;
  /** OpenTelemetry severity number: 9 info, 13 warning, 17 error, 21 fatal. */
  readonly severityNumber: number;
  readonly when: string;
  readonly attributes: readonly AttributeRow[];
  readonly stability: Stability;
}

/** What `Meter.create…` takes beside the name, `advice` carrying the buckets. */
export interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

/** The options to create a metric's instrument with, so that a row is the only place to edit. */
export function instrumentOptions(row: MetricRow): InstrumentOptions {
  const { unit, description, buckets } = row;
  if (buckets === undefined) return { unit, description };
  return { unit, description, advice: { explicitBucketBoundaries: [...buckets] } };
}
