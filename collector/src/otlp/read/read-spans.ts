import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../limits.ts';
import type { WireReader } from '../wire-reader.ts';
import type { AnyValue } from './any-value.ts';
import { hexId } from './exemplar.ts';
import {
  type ItemBudget,
  type OtlpResource,
  readAttribute,
  readResourceGroups,
} from './read-resource-groups.ts';

/** What the alert service keeps of a span: enough to name an offending request. */
export interface SpanRecord {
  readonly resource: OtlpResource;
  /** Hex; `''` when absent. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly isError: boolean;
  readonly attributes: ReadonlyMap<string, AnyValue>;
}

const STATUS_ERROR = 2;

/**
 * Reads an `ExportTraceServiceRequest`.
 *
 * @throws {OtlpError} when the bytes are no such message, or hold more than the limits allow.
 */
export function readSpans(
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): SpanRecord[] {
  return readResourceGroups(bytes, limits, readSpan);
}

function readSpan(reader: WireReader, resource: OtlpResource, budget: ItemBudget): SpanRecord {
  const attributes: Map<string, AnyValue> = new Map();
  const span = {
    resource,
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    startTimeMs: 0,
    endTimeMs: 0,
    isError: false,
    attributes,
  };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) span.traceId = hexId(reader.raw());
    else if (tag === 0x12) span.spanId = hexId(reader.raw());
    else if (tag === 0x22) span.parentSpanId = hexId(reader.raw());
    else if (tag === 0x2a) span.name = reader.text();
    else if (tag === 0x39) span.startTimeMs = reader.nanosecondsAsMs();
    else if (tag === 0x41) span.endTimeMs = reader.nanosecondsAsMs();
    else if (tag === 0x4a) readAttribute(reader, attributes, budget.limits.depthMax);
    else if (tag === 0x7a) span.isError = readIsError(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return span;
}

function readIsError(reader: WireReader): boolean {
  let code = 0;
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x18) code = reader.uint32();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return code === STATUS_ERROR;
}
