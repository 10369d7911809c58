import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../limits.ts';
import {
  MetricBatch,
  type MetricHeader,
  type MetricKind,
  type ResourceHeader,
  type ScopeHeader,
  type Span,
  type SpareColumns,
  type Temporality,
} from '../metric-batch.ts';
import { WireReader } from '../wire-reader.ts';
import {
  type PointReader,
  readExponentialPoint,
  readHistogramPoint,
  readNumberPoint,
  readSummaryPoint,
} from './read-points.ts';

const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/** Fields of `Metric` that hold its data, by tag. */
const DATA_FIELDS: ReadonlyMap<number, { kind: MetricKind; readPoint: PointReader }> = new Map([
  [0x2a, { kind: 'gauge', readPoint: readNumberPoint }],
  [0x3a, { kind: 'sum', readPoint: readNumberPoint }],
  [0x4a, { kind: 'histogram', readPoint: readHistogramPoint }],
  [0x52, { kind: 'exponential_histogram', readPoint: readExponentialPoint }],
  [0x5a, { kind: 'summary', readPoint: readSummaryPoint }],
]);

/**
 * Reads an `ExportMetricsServiceRequest` in one pass, in any order of its fields.
 *
 * @param spare columns of an earlier batch, which this one fills again.
 * @throws {OtlpError} when the bytes are no such message, or hold more than the limits allow.
 */
export function readMetrics(
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
  spare?: SpareColumns,
): MetricBatch {
  const batch = new MetricBatch(bytes, limits, spare);
  const reader = new WireReader(bytes);
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) batch.resources.push(readResourceMetrics(reader, batch));
    else reader.skip(tag);
  }
  return batch;
}

function readResourceMetrics(reader: WireReader, batch: MetricBatch): ResourceHeader {
  batch.countGroup();
  const header: ResourceHeader = { resource: emptySpan(), scopes: [] };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) batch.join(header.resource, readSpan(reader));
    else if (tag === 0x12) header.scopes.push(readScopeMetrics(reader, batch));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return header;
}

function readScopeMetrics(reader: WireReader, batch: MetricBatch): ScopeHeader {
  batch.countGroup();
  const header: ScopeHeader = { scope: emptySpan(), schemaUrl: emptySpan(), metrics: [] };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x12) readMetric(reader, batch, header.metrics);
    else if (tag === 0x0a) batch.join(header.scope, readSpan(reader));
    else if (tag === 0x1a) Object.assign(header.schemaUrl, readSpan(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return header;
}

function readMetric(reader: WireReader, batch: MetricBatch, metrics: MetricHeader[]): void {
  batch.countGroup();
  const header: MetricHeader = {
    name: emptySpan(),
    unit: emptySpan(),
    description: emptySpan(),
    kind: 'none',
    temporality: 'unspecified',
    isMonotonic: false,
    pointsFrom: batch.points.size,
    pointsTo: batch.points.size,
  };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    const data = DATA_FIELDS.get(tag);
    if (data !== undefined) {
      // Of different kinds the last one counts; the same kind twice is merged.
      if (header.kind !== data.kind) resetData(header, batch, data.kind);
      readData(reader, batch, { header, readPoint: data.readPoint });
    } else if (tag === 0x0a) Object.assign(header.name, readSpan(reader));
    else if (tag === 0x12) Object.assign(header.description, readSpan(reader));
    else if (tag === 0x1a) Object.assign(header.unit, readSpan(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  header.pointsTo = batch.points.size;
  metrics.push(header);
}

function resetData(header: MetricHeader, batch: MetricBatch, kind: MetricKind): void {
  batch.truncatePoints(header.pointsFrom);
  header.kind = kind;
  header.temporality = 'unspecified';
  header.isMonotonic = false;
}

/** `Gauge`, `Sum` and the others have the points in field 1 and say in 2 and 3 what they mean. */
function readData(
  reader: WireReader,
  batch: MetricBatch,
  metric: { readonly header: MetricHeader; readonly readPoint: PointReader },
): void {
  const { header, readPoint } = metric;
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) readPoint(reader, batch);
    else if (tag === 0x10) header.temporality = TEMPORALITIES[reader.uint32()] ?? 'unspecified';
    else if (tag === 0x18) header.isMonotonic = reader.uint64() !== 0;
    else reader.skip(tag);
  }
  reader.leave(outer);
}

function readSpan(reader: WireReader): Span {
  const to = reader.fieldEnd();
  const span = { from: reader.position, to };
  reader.position = to;
  return span;
}

function emptySpan(): Span {
  return { from: 0, to: 0 };
}
