import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';

import { ATTR_TELLTALE_EVENT_TYPE, EVENTS, type EventType } from '@telltale/core';

import { maskedValue, plainValue } from '../masking/plain-value.ts';

/** Characters of one line; a longer record keeps its head and says so. */
export const LINE_LENGTH_MAX = 32_768;

const SERVICE_KEYS = [
  'service.name',
  'service.version',
  'deployment.environment.name',
  'service.instance.id',
] as const;

const TYPES: ReadonlyMap<string, EventType> = new Map(EVENTS.map((row) => [row.name, row.type]));

/** Smallest severity number of each level, highest first. */
const LEVELS: readonly (readonly [from: number, level: string])[] = [
  [21, 'fatal'],
  [17, 'error'],
  [13, 'warn'],
  [9, 'info'],
  [5, 'debug'],
  [1, 'trace'],
];
const SEVERITY_INFO = 9;

export const levelOf = (severity: number): string =>
  LEVELS.find(([from]) => severity >= from)?.[1] ?? 'info';

/**
 * A log record as one line of JSON, keys in a fixed order: time, level, type, event, message,
 * service, trace, then the record's own attributes. Ids stand at the top level as OpenTelemetry
 * asks of logs that are not OTLP.
 */
export function jsonLine(record: ReadableLogRecord): string {
  const line = JSON.stringify(fieldsOf(record));
  if (line.length <= LINE_LENGTH_MAX) return line;
  const { attributes, body, ...head } = record;
  const shortened = {
    ...head,
    attributes: typeOnly(attributes),
    body: `${messageOf(body, record).slice(0, 1000)}…`,
  };
  return JSON.stringify({ ...fieldsOf(shortened as ReadableLogRecord), truncated: true });
}

const typeOnly = (attributes: Attributes): Attributes => {
  const type = attributes[ATTR_TELLTALE_EVENT_TYPE.name];
  return type === undefined ? {} : { [ATTR_TELLTALE_EVENT_TYPE.name]: type };
};

function fieldsOf(record: ReadableLogRecord): Record<string, unknown> {
  const { hrTime, eventName, spanContext, resource } = record;
  const severityNumber = severityOf(record);
  const [seconds, nanoseconds] = hrTime;
  const { [ATTR_TELLTALE_EVENT_TYPE.name]: type, ...attributes } = record.attributes;
  const fields: Record<string, unknown> = {
    timestamp: new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6)).toISOString(),
    level: levelOf(severityNumber),
    severity_number: severityNumber,
    ...optional('type', type ?? TYPES.get(eventName ?? '')),
    ...optional('event.name', eventName === '' ? undefined : eventName),
    message: messageOf(record.body, record),
  };
  const service = knownAttributes(resource);
  for (const key of SERVICE_KEYS) Object.assign(fields, optional(key, service[key]));
  if (spanContext !== undefined) {
    fields['trace_id'] = spanContext.traceId;
    fields['span_id'] = spanContext.spanId;
    fields['trace_flags'] = spanContext.traceFlags.toString(16).padStart(2, '0');
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (!(key in fields)) fields[key] = maskedValue(key, value);
  }
  return fields;
}

/** 0 stands for none. */
const severityOf = ({ severityNumber = 0 }: ReadableLogRecord): number =>
  severityNumber >= 1 && severityNumber <= 24 ? severityNumber : SEVERITY_INFO;

/** Some attributes of a resource come later, and to ask for all of them then is an error of the SDK. */
function knownAttributes(
  resource: ReadableLogRecord['resource'],
): Readonly<Record<string, unknown>> {
  if (resource.asyncAttributesPending !== true) return resource.attributes;
  const known = resource
    .getRawAttributes()
    .filter(([, value]) => value !== undefined && typeof value !== 'object');
  // The first of a name wins.
  return Object.fromEntries(known.toReversed());
}

function messageOf(body: unknown, { eventName }: Pick<ReadableLogRecord, 'eventName'>): string {
  if (typeof body === 'string') return body;
  if (body === undefined || body === null) return eventName ?? '';
  return JSON.stringify(plainValue(body));
}

const optional = (key: string, value: unknown): Record<string, unknown> =>
  value === undefined ? {} : { [key]: value };
