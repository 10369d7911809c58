import {
  type AttributeRow,
  type AttributeType,
  EVENTS,
  type InstrumentKind,
  METRICS,
  SPANS,
} from '@telltale/core';

import type { DecodedRequest } from '../otlp-decode.ts';

// The parts of OTLP/JSON that are looked at.
interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: unknown;
}
interface Pair {
  readonly key: string;
  readonly value: Value;
}
interface Point {
  readonly attributes?: readonly Pair[];
}
type Points = { readonly dataPoints?: readonly Point[]; readonly isMonotonic?: boolean };
interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
  readonly exponentialHistogram?: Points;
}
interface Span {
  readonly name: string;
  readonly attributes?: readonly Pair[];
}
interface LogRecord {
  readonly eventName?: string;
  readonly severityNumber?: number;
  readonly attributes?: readonly Pair[];
}
type Scoped<Key extends string, Item> = {
  readonly [K in Key]?: readonly Item[];
} & { readonly scope?: { readonly name?: string } };

export interface OtlpRequest {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics?: readonly Scoped<'metrics', Metric>[];
  }[];
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly Scoped<'spans', Span>[] }[];
  readonly resourceLogs?: readonly {
    readonly scopeLogs?: readonly Scoped<'logRecords', LogRecord>[];
  }[];
}

const OURS = /^@?telltale\b/u;

interface InScope {
  readonly scope?: { readonly name?: string };
}

/** What Telltale itself emitted; other instrumentations have registries of their own. */
const ours = <Item extends InScope>(scoped: readonly Item[] = []): readonly Item[] =>
  scoped.filter(({ scope }) => OURS.test(scope?.name ?? ''));

/** What was emitted, compared with the registry: the idea of Weaver's live-check. */
export class LiveCheck {
  /** Each once: `metric ml.x: unit s, declared ms`. */
  readonly findings: Set<string> = new Set();
  readonly #seen = new Set<string>();

  add({ resourceMetrics = [], resourceSpans = [], resourceLogs = [] }: OtlpRequest): void {
    const metrics = resourceMetrics.flatMap((one) => ours(one.scopeMetrics));
    const spans = resourceSpans.flatMap((one) => ours(one.scopeSpans));
    const logs = resourceLogs.flatMap((one) => ours(one.scopeLogs));
    for (const metric of metrics.flatMap((one) => one.metrics ?? [])) this.#metric(metric);
    for (const span of spans.flatMap((one) => one.spans ?? [])) this.#span(span);
    for (const record of logs.flatMap((one) => one.logRecords ?? [])) this.#event(record);
  }

  /** Spans and events that arrived in another encoding, with their attributes as plain values. */
  addDecoded({ spans, logs }: Pick<DecodedRequest, 'spans' | 'logs'>): void {
    for (const { scope, name, attributes } of spans) {
      if (OURS.test(scope)) this.#span({ name, attributes: pairsOf(attributes) });
    }
    for (const { eventName, severityNumber, attributes } of logs) {
      if (eventName === '') continue;
      this.#event({ eventName, severityNumber, attributes: pairsOf(attributes) });
    }
  }

  /** What the registry declares and nothing emitted, such as `metric ml.gpu.info`. */
  neverEmitted(): readonly string[] {
    return [
      ...METRICS.map(({ name }) => `metric ${name}`),
      ...SPANS.map(({ name }) => `span ${name}`),
      ...EVENTS.map(({ name }) => `event ${name}`),
    ].filter((name) => !this.#seen.has(name));
  }

  get emitted(): number {
    return this.#seen.size;
  }

  #metric(metric: Metric): void {
    const where = `metric ${metric.name}`;
    const row = METRICS.find(({ name }) => name === metric.name);
    if (row === undefined) return void this.findings.add(`${where}: not declared`);
    this.#seen.add(where);
    if (metric.unit !== row.unit) {
      this.findings.add(`${where}: unit ${metric.unit}, declared ${row.unit}`);
    }
    const kind = kindOf(metric);
    if (kind !== row.instrument) {
      this.findings.add(`${where}: a ${kind}, declared ${row.instrument}`);
    }
    for (const { attributes = [] } of pointsOf(metric)) {
      this.#attributes(where, attributes, row.attributes);
    }
  }

  #span({ name, attributes = [] }: Span): void {
    // Several rows share a name; what one of them declares is declared.
    const rows = SPANS.filter((row) => matches(row.name, name));
    if (rows.length === 0) return void this.findings.add(`span ${name}: not declared`);
    const where = `span ${rows[0]?.name}`;
    this.#seen.add(where);
    this.#attributes(
      where,
      attributes,
      rows.flatMap((row) => row.attributes),
    );
  }

  #event({ eventName = '', severityNumber, attributes = [] }: LogRecord): void {
    const where = `event ${eventName}`;
    const row = EVENTS.find(({ name }) => name === eventName);
    if (row === undefined) return void this.findings.add(`${where}: not declared`);
    this.#seen.add(where);
    // Events of requests say how bad the answer was.
    if ((severityNumber ?? 0) < row.severityNumber) {
      this.findings.add(`${where}: severity ${severityNumber}, declared ${row.severityNumber}`);
    }
    this.#attributes(where, attributes, row.attributes);
  }

  #attributes(where: string, pairs: readonly Pair[], declared: readonly AttributeRow[]): void {
    for (const { key, value } of pairs) {
      const row = declared.find(({ name }) => name === key);
      if (row === undefined) {
        this.findings.add(`${where}: attribute ${key} is not declared`);
        continue;
      }
      if (!hasType(value, row.type)) {
        this.findings.add(`${where}: ${key} is no ${row.type}: ${JSON.stringify(value)}`);
      }
      const text = value.stringValue;
      if (row.values !== undefined && text !== undefined && !row.values.includes(text)) {
        this.findings.add(`${where}: ${key} has a value that is not declared: ${text}`);
      }
    }
  }
}

const pairsOf = (attributes: Readonly<Record<string, unknown>>): readonly Pair[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: unknown): Value {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  const number = Number(value);
  return Number.isInteger(number) ? { intValue: number } : { doubleValue: number };
}

const pointsOf = ({ sum, gauge, histogram, exponentialHistogram }: Metric): readonly Point[] =>
  (sum ?? gauge ?? histogram ?? exponentialHistogram)?.dataPoints ?? [];

function kindOf({ sum, gauge }: Metric): InstrumentKind {
  if (gauge !== undefined) return 'gauge';
  if (sum === undefined) return 'histogram';
  return sum.isMonotonic === true ? 'counter' : 'updowncounter';
}

/** `infer {ml.model.name}` matches `infer phishing`. */
const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .split(/\{[^}]*\}/u)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`))
      .join('.*')}$`,
    'u',
  ).test(name);

/** A whole number arrives as an integer wherever a double is declared. */
function hasType(value: Value, type: AttributeType): boolean {
  switch (type) {
    case 'string':
      return value.stringValue !== undefined;
    case 'boolean':
      return value.boolValue !== undefined;
    case 'int':
      return value.intValue !== undefined;
    case 'double':
      return value.doubleValue !== undefined || value.intValue !== undefined;
    case 'string[]':
      return value.arrayValue !== undefined;
  }
}
