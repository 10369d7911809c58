import protobuf from 'protobufjs';

/**
 * The part of OTLP that the tests look at, written from the field numbers of the specification
 * (opentelemetry-proto 1.x). Fields that are left out are skipped when read.
 */
const SCHEMA = `
syntax = "proto3";
package otlp;

message AnyValue {
  oneof value {
    string stringValue = 1;
    bool boolValue = 2;
    int64 intValue = 3;
    double doubleValue = 4;
    ArrayValue arrayValue = 5;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }

message TraceRequest { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Span {
  bytes traceId = 1;
  bytes spanId = 2;
  bytes parentSpanId = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 startTimeUnixNano = 7;
  fixed64 endTimeUnixNano = 8;
  repeated KeyValue attributes = 9;
  repeated Event events = 11;
  repeated Link links = 13;
}
message Event { string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes traceId = 1; repeated KeyValue attributes = 4; }

message MetricsRequest { repeated ResourceMetrics resourceMetrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message Metric {
  string name = 1;
  string unit = 3;
  Gauge gauge = 5;
  Sum sum = 7;
  Histogram histogram = 9;
  ExponentialHistogram exponentialHistogram = 10;
}
message Gauge { repeated NumberPoint dataPoints = 1; }
message Sum { repeated NumberPoint dataPoints = 1; int32 aggregationTemporality = 2; }
message Histogram { repeated HistogramPoint dataPoints = 1; int32 aggregationTemporality = 2; }
message ExponentialHistogram { int32 aggregationTemporality = 2; }
message NumberPoint {
  repeated KeyValue attributes = 7;
  double asDouble = 4;
  sfixed64 asInt = 6;
}
message HistogramPoint {
  repeated KeyValue attributes = 9;
  fixed64 count = 4;
  double sum = 5;
}

message LogsRequest { repeated ResourceLogs resourceLogs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; }
message LogRecord {
  int32 severityNumber = 2;
  AnyValue body = 5;
  repeated KeyValue attributes = 6;
  bytes traceId = 9;
  bytes spanId = 10;
  string eventName = 12;
}
`;

const root = protobuf.parse(SCHEMA, { keepCase: true }).root;

/** A request of protobuf as OTLP/JSON would have it: ids in hexadecimal, 64-bit numbers as text. */
export function decodeProtobuf(
  message: 'TraceRequest' | 'MetricsRequest' | 'LogsRequest',
  body: Uint8Array,
): unknown {
  const type = root.lookupType(`otlp.${message}`);
  const decoded = type.toObject(type.decode(body), { longs: String, bytes: Array });
  return JSON.parse(JSON.stringify(decoded, (_, value: unknown) => hexOfBytes(value)));
}

function hexOfBytes(value: unknown): unknown {
  const isBytes =
    Array.isArray(value) && value.length >= 8 && value.every((item) => typeof item === 'number');
  return isBytes ? Buffer.from(value as number[]).toString('hex') : value;
}
