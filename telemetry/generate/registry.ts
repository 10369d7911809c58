/** The registry as it stands in `telemetry/registry/*.yaml`, references resolved. */
export interface Registry {
  readonly schemaUrl: string;
  readonly domains: readonly Domain[];
}

/** What one file of the registry defines. */
export interface Domain {
  /** File name without its ending, such as `fleet-drift`. */
  readonly name: string;
  readonly attributes: readonly AttributeEntry[];
  readonly metrics: readonly MetricEntry[];
  readonly spans: readonly SpanEntry[];
  readonly events: readonly EventEntry[];
}

export type Stability = 'development' | 'stable';

export interface AttributeEntry {
  readonly key: string;
  readonly type: string;
  readonly brief: string;
  readonly values?: readonly string[];
  readonly stability: Stability;
}

interface Signal {
  readonly brief: string;
  readonly stability: Stability;
  /** Keys of attributes, groups expanded, in the order they are shown. */
  readonly attributes: readonly string[];
}

export interface MetricEntry extends Signal {
  readonly name: string;
  readonly instrument: string;
  readonly unit: string;
  readonly isObservable: boolean;
  readonly buckets?: readonly number[];
}

export interface SpanEntry extends Signal {
  /** Identifies the span, such as `ml.infer`; its `name` has placeholders. */
  readonly type: string;
  readonly name: string;
}

export interface EventEntry extends Signal {
  readonly name: string;
  readonly eventType: string;
  readonly severity: number;
}
