import { fileURLToPath } from 'node:url';

import protobuf from 'protobufjs';

/** OTLP numbers for a span's kind; the demo names the two that it meets. */
export const SPAN_KIND_INTERNAL = 1;
export const SPAN_KIND_SERVER = 2;

export type AttributeValue = string | number | boolean | readonly AttributeValue[];

export interface SpanRecord {
  /** Lower-case hexadecimal, as are the other ids. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface HistogramRecord {
  readonly name: string;
  /** Sum over the attribute sets of the number of recorded values. */
  readonly count: number;
  readonly exemplarCount: number;
}

/** The objects of OTLP/JSON; protobuf bodies are read into the same shape. */
interface RawValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly RawValue[] };
}

type RawId = string | Uint8Array;

interface RawSpan {
  readonly traceId: RawId;
  readonly spanId: RawId;
  readonly parentSpanId?: RawId;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: RawValue }[];
}

interface RawMetric {
  readonly name: string;
  readonly histogram?: {
    readonly dataPoints?: readonly { readonly count: string | number; readonly exemplars?: [] }[];
  };
}

interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly { readonly spans?: readonly RawSpan[] }[];
  }[];
}

interface MetricsRequest {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics?: readonly { readonly metrics?: readonly RawMetric[] }[];
  }[];
}

interface LogsRequest {
  readonly resourceLogs?: readonly {
    readonly scopeLogs?: readonly { readonly logRecords?: readonly unknown[] }[];
  }[];
}

const schema = protobuf.loadSync(fileURLToPath(new URL('otlp.proto', import.meta.url)));

/** The spans of an export request in either encoding of OTLP/HTTP. */
export function decodeSpans(body: Buffer, isJson: boolean): SpanRecord[] {
  const request = decode(body, isJson ? undefined : 'TracesRequest') as TracesRequest;
  return (request.resourceSpans ?? [])
    .flatMap((resource) => resource.scopeSpans ?? [])
    .flatMap((scope) => scope.spans ?? [])
    .map(spanRecord);
}

/** The histograms of an export request; the other kinds of metric are passed over. */
export function decodeHistograms(body: Buffer, isJson: boolean): HistogramRecord[] {
  const request = decode(body, isJson ? undefined : 'MetricsRequest') as MetricsRequest;
  return (request.resourceMetrics ?? [])
    .flatMap((resource) => resource.scopeMetrics ?? [])
    .flatMap((scope) => scope.metrics ?? [])
    .filter((metric) => metric.histogram !== undefined)
    .map(histogramRecord);
}

export function countLogRecords(body: Buffer, isJson: boolean): number {
  const request = decode(body, isJson ? undefined : 'LogsRequest') as LogsRequest;
  return (request.resourceLogs ?? [])
    .flatMap((resource) => resource.scopeLogs ?? [])
    .flatMap((scope) => scope.logRecords ?? []).length;
}

/** Reads JSON when no message type is given, else protobuf. */
function decode(body: Buffer, message: string | undefined): unknown {
  if (message === undefined) return JSON.parse(body.toString('utf8'));
  const type = schema.lookupType(`otlp.${message}`);
  return type.toObject(type.decode(body), { longs: String });
}

function spanRecord(span: RawSpan): SpanRecord {
  const startNs = BigInt(span.startTimeUnixNano);
  return {
    traceId: hexId(span.traceId),
    spanId: hexId(span.spanId),
    parentSpanId: hexId(span.parentSpanId ?? ''),
    name: span.name,
    kind: span.kind ?? 0,
    startMs: Number(startNs) / 1e6,
    durationMs: Number(BigInt(span.endTimeUnixNano) - startNs) / 1e6,
    attributes: Object.fromEntries(
      (span.attributes ?? []).map(({ key, value }) => [key, attributeValue(value)]),
    ),
  };
}

function histogramRecord({ name, histogram }: RawMetric): HistogramRecord {
  const points = histogram?.dataPoints ?? [];
  return {
    name,
    count: points.reduce((sum, point) => sum + Number(point.count), 0),
    exemplarCount: points.reduce((sum, point) => sum + (point.exemplars?.length ?? 0), 0),
  };
}

/** OTLP/JSON writes ids as hexadecimal text, protobuf as bytes. */
function hexId(id: RawId): string {
  return typeof id === 'string' ? id : Buffer.from(id).toString('hex');
}

function attributeValue(value: RawValue): AttributeValue {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(attributeValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? '';
}
