/** How a field of an OTLP message is written in JSON and on the wire. */
export type JsonFieldKind =
  | 'text'
  | 'bool'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  /** Base64. */
  | 'bytes'
  /** Trace and span ids are hex, unlike other bytes. */
  | 'hex'
  | { readonly names: readonly string[] }
  | { readonly message: () => JsonMessage };

export interface JsonField {
  readonly number: number;
  readonly kind: JsonFieldKind;
  readonly isList: boolean;
}

/** Fields by their JSON names; names that are not here are ignored. */
export type JsonMessage = ReadonlyMap<string, JsonField>;

/**
 * OTLP wants names such as `timeUnixNano`. Senders that print protobuf messages with their original
 * names write `time_unix_nano`: read as the same, as protobuf's own JSON readers do.
 */
function message(fields: Readonly<Record<string, JsonField>>): JsonMessage {
  const named = Object.entries(fields);
  return new Map([...named.map(([name, field]) => [snakeCase(name), field] as const), ...named]);
}

const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);

function one(number: number, kind: JsonFieldKind): JsonField {
  return { number, kind, isList: false };
}

function list(number: number, kind: JsonFieldKind): JsonField {
  return { number, kind, isList: true };
}

const TEMPORALITY = {
  names: [
    'AGGREGATION_TEMPORALITY_UNSPECIFIED',
    'AGGREGATION_TEMPORALITY_DELTA',
    'AGGREGATION_TEMPORALITY_CUMULATIVE',
  ],
};
const SPAN_KIND = {
  names: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
    (name) => `SPAN_KIND_${name}`,
  ),
};
const STATUS_CODE = { names: ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'] };
const SEVERITY = {
  names: [
    'SEVERITY_NUMBER_UNSPECIFIED',
    ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
      ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`),
    ),
  ],
};

const ANY_VALUE: JsonMessage = message({
  stringValue: one(1, 'text'),
  boolValue: one(2, 'bool'),
  intValue: one(3, 'int64'),
  doubleValue: one(4, 'double'),
  arrayValue: one(5, { message: () => ARRAY_VALUE }),
  kvlistValue: one(6, { message: () => KEY_VALUE_LIST }),
  bytesValue: one(7, 'bytes'),
});
const KEY_VALUE = message({ key: one(1, 'text'), value: one(2, { message: () => ANY_VALUE }) });
const ARRAY_VALUE = message({ values: list(1, { message: () => ANY_VALUE }) });
const KEY_VALUE_LIST = message({ values: list(1, { message: () => KEY_VALUE }) });

function attributes(number: number): JsonField {
  return list(number, { message: () => KEY_VALUE });
}

const RESOURCE = message({ attributes: attributes(1), droppedAttributesCount: one(2, 'uint32') });
const SCOPE = message({
  name: one(1, 'text'),
  version: one(2, 'text'),
  attributes: attributes(3),
  droppedAttributesCount: one(4, 'uint32'),
});

const EXEMPLAR = message({
  filteredAttributes: attributes(7),
  timeUnixNano: one(2, 'fixed64'),
  asDouble: one(3, 'double'),
  asInt: one(6, 'sfixed64'),
  spanId: one(4, 'hex'),
  traceId: one(5, 'hex'),
});
const times = { startTimeUnixNano: one(2, 'fixed64'), timeUnixNano: one(3, 'fixed64') };
const NUMBER_POINT = message({
  ...times,
  attributes: attributes(7),
  asDouble: one(4, 'double'),
  asInt: one(6, 'sfixed64'),
  exemplars: list(5, { message: () => EXEMPLAR }),
  flags: one(8, 'uint32'),
});
const HISTOGRAM_POINT = message({
  ...times,
  attributes: attributes(9),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  bucketCounts: list(6, 'fixed64'),
  explicitBounds: list(7, 'double'),
  exemplars: list(8, { message: () => EXEMPLAR }),
  flags: one(10, 'uint32'),
});
const BUCKETS = message({ offset: one(1, 'sint32'), bucketCounts: list(2, 'uint64') });
const EXPONENTIAL_POINT = message({
  ...times,
  attributes: attributes(1),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  scale: one(6, 'sint32'),
  zeroCount: one(7, 'fixed64'),
  positive: one(8, { message: () => BUCKETS }),
  negative: one(9, { message: () => BUCKETS }),
  flags: one(10, 'uint32'),
  exemplars: list(11, { message: () => EXEMPLAR }),
  zeroThreshold: one(14, 'double'),
});
const QUANTILE = message({ quantile: one(1, 'double'), value: one(2, 'double') });
const SUMMARY_POINT = message({
  ...times,
  attributes: attributes(7),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  quantileValues: list(6, { message: () => QUANTILE }),
  flags: one(8, 'uint32'),
});

function points(point: JsonMessage): Record<string, JsonField> {
  return { dataPoints: list(1, { message: () => point }) };
}

const GAUGE = message(points(NUMBER_POINT));
const SUM = message({
  ...points(NUMBER_POINT),
  aggregationTemporality: one(2, TEMPORALITY),
  isMonotonic: one(3, 'bool'),
});
const HISTOGRAM = message({
  ...points(HISTOGRAM_POINT),
  aggregationTemporality: one(2, TEMPORALITY),
});
const EXPONENTIAL = message({
  ...points(EXPONENTIAL_POINT),
  aggregationTemporality: one(2, TEMPORALITY),
});
const SUMMARY = message(points(SUMMARY_POINT));
const METRIC = message({
  name: one(1, 'text'),
  description: one(2, 'text'),
  unit: one(3, 'text'),
  gauge: one(5, { message: () => GAUGE }),
  sum: one(7, { message: () => SUM }),
  histogram: one(9, { message: () => HISTOGRAM }),
  exponentialHistogram: one(10, { message: () => EXPONENTIAL }),
  summary: one(11, { message: () => SUMMARY }),
});

const LOG_RECORD = message({
  timeUnixNano: one(1, 'fixed64'),
  observedTimeUnixNano: one(11, 'fixed64'),
  severityNumber: one(2, SEVERITY),
  severityText: one(3, 'text'),
  body: one(5, { message: () => ANY_VALUE }),
  attributes: attributes(6),
  traceId: one(9, 'hex'),
  spanId: one(10, 'hex'),
  eventName: one(12, 'text'),
});

const STATUS = message({ message: one(2, 'text'), code: one(3, STATUS_CODE) });
const SPAN = message({
  traceId: one(1, 'hex'),
  spanId: one(2, 'hex'),
  parentSpanId: one(4, 'hex'),
  name: one(5, 'text'),
  kind: one(6, SPAN_KIND),
  startTimeUnixNano: one(7, 'fixed64'),
  endTimeUnixNano: one(8, 'fixed64'),
  attributes: attributes(9),
  status: one(15, { message: () => STATUS }),
});

/** A request: a list of resources, each with scopes, each with items. */
function request(names: readonly [string, string, string], item: JsonMessage): JsonMessage {
  const [resources, scopes, items] = names;
  const scope = message({
    scope: one(1, { message: () => SCOPE }),
    [items]: list(2, { message: () => item }),
    schemaUrl: one(3, 'text'),
  });
  const resource = message({
    resource: one(1, { message: () => RESOURCE }),
    [scopes]: list(2, { message: () => scope }),
    schemaUrl: one(3, 'text'),
  });
  return message({ [resources]: list(1, { message: () => resource }) });
}

export const METRICS_REQUEST: JsonMessage = request(
  ['resourceMetrics', 'scopeMetrics', 'metrics'],
  METRIC,
);
export const LOGS_REQUEST: JsonMessage = request(
  ['resourceLogs', 'scopeLogs', 'logRecords'],
  LOG_RECORD,
);
export const TRACES_REQUEST: JsonMessage = request(['resourceSpans', 'scopeSpans', 'spans'], SPAN);
