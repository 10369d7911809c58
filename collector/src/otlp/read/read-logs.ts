import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../limits.ts';
import type { WireReader } from '../wire-reader.ts';
import { type AnyValue, readAnyValue } from './any-value.ts';
import { hexId } from './exemplar.ts';
import {
  type ItemBudget,
  type OtlpResource,
  readAttribute,
  readResourceGroups,
} from './read-resource-groups.ts';

export interface LogRecord {
  readonly resource: OtlpResource;
  /** 0 when the producer sent none; then `observedTimeMs` says when it was seen. */
  readonly timeMs: number;
  readonly observedTimeMs: number;
  /** 1 to 24; 0 for none. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AnyValue;
  readonly attributes: ReadonlyMap<string, AnyValue>;
  /** Hex; `''` when absent. */
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Reads an `ExportLogsServiceRequest`.
 *
 * @throws {OtlpError} when the bytes are no such message, or hold more than the limits allow.
 */
export function readLogs(bytes: Uint8Array, limits: OtlpLimits = DEFAULT_OTLP_LIMITS): LogRecord[] {
  return readResourceGroups(bytes, limits, readLogRecord);
}

function readLogRecord(reader: WireReader, resource: OtlpResource, budget: ItemBudget): LogRecord {
  const { depthMax } = budget.limits;
  const attributes: Map<string, AnyValue> = new Map();
  const record = {
    resource,
    timeMs: 0,
    observedTimeMs: 0,
    severityNumber: 0,
    severityText: '',
    eventName: '',
    body: undefined as AnyValue,
    attributes,
    traceId: '',
    spanId: '',
  };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x09) record.timeMs = reader.nanosecondsAsMs();
    else if (tag === 0x59) record.observedTimeMs = reader.nanosecondsAsMs();
    else if (tag === 0x10) record.severityNumber = reader.uint32();
    else if (tag === 0x1a) record.severityText = reader.text();
    else if (tag === 0x2a) record.body = readAnyValue(reader, depthMax);
    else if (tag === 0x32) readAttribute(reader, attributes, depthMax);
    else if (tag === 0x4a) record.traceId = hexId(reader.raw());
    else if (tag === 0x52) record.spanId = hexId(reader.raw());
    else if (tag === 0x62) record.eventName = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return record;
}
