import { decodeProtobuf } from './otlp-schema.ts';

/** A request as the sink got it. */
export interface SinkRequest {
  readonly path: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  /** Uncompressed. */
  readonly body: Buffer;
}

type Attributes = Readonly<Record<string, unknown>>;

export interface OtlpSpan {
  readonly name: string;
  readonly scope: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

export interface OtlpPoint {
  readonly attributes: Attributes;
  /** Of sums and gauges. */
  readonly value?: number;
  /** Of histograms. */
  readonly count?: number;
  readonly exemplars: readonly unknown[];
}

export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly scope: string;
  /** `service.instance.id` of the process. */
  readonly instance: string;
  readonly isDelta: boolean;
  readonly points: readonly OtlpPoint[];
  readonly resource: Attributes;
}

export interface OtlpLogRecord {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly body: unknown;
  readonly traceId: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

export interface DecodedRequest {
  readonly spans: readonly OtlpSpan[];
  readonly metrics: readonly OtlpMetric[];
  readonly logs: readonly OtlpLogRecord[];
}

/** OTLP/JSON as far as it is looked at; everything may be absent. */
interface Node {
  readonly [key: string]: unknown;
}

const NOTHING: DecodedRequest = { spans: [], metrics: [], logs: [] };
const DELTA = 1;

/** Reads one request of any signal, JSON or protobuf. Other requests have nothing in them. */
export function decodeOtlp(request: SinkRequest): DecodedRequest {
  // Some backends take OTLP below a path of their own.
  switch (/\/v1\/\w+$/u.exec(request.path)?.[0] ?? '') {
    case '/v1/traces':
      return { ...NOTHING, spans: readSpans(parse(request, 'TraceRequest')) };
    case '/v1/metrics':
      return { ...NOTHING, metrics: readMetrics(parse(request, 'MetricsRequest')) };
    case '/v1/logs':
      return { ...NOTHING, logs: readLogs(parse(request, 'LogsRequest')) };
    default:
      return NOTHING;
  }
}

function parse(
  { contentType, body }: SinkRequest,
  message: 'TraceRequest' | 'MetricsRequest' | 'LogsRequest',
): Node {
  if (contentType.includes('json')) return JSON.parse(body.toString('utf8')) as Node;
  return decodeProtobuf(message, body) as Node;
}

function readSpans(request: Node): OtlpSpan[] {
  return list(request['resourceSpans']).flatMap((group) =>
    list(group['scopeSpans']).flatMap((scoped) =>
      list(scoped['spans']).map((span) => ({
        name: text(span['name']),
        scope: text(node(scoped['scope'])['name']),
        kind: Number(span['kind'] ?? 0),
        traceId: text(span['traceId']),
        spanId: text(span['spanId']),
        parentSpanId: text(span['parentSpanId']),
        attributes: attributes(span['attributes']),
        resource: attributes(node(group['resource'])['attributes']),
      })),
    ),
  );
}

function readMetrics(request: Node): OtlpMetric[] {
  return list(request['resourceMetrics']).flatMap((group) => {
    const resource = attributes(node(group['resource'])['attributes']);
    return list(group['scopeMetrics']).flatMap((scoped) =>
      list(scoped['metrics']).map((metric) => {
        const data = node(metric['sum'] ?? metric['histogram'] ?? metric['gauge']);
        return {
          name: text(metric['name']),
          unit: text(metric['unit']),
          scope: text(node(scoped['scope'])['name']),
          instance: text(resource['service.instance.id']),
          isDelta: data['aggregationTemporality'] === DELTA,
          points: list(data['dataPoints']).map(readPoint),
          resource,
        };
      }),
    );
  });
}

function readPoint(point: Node): OtlpPoint {
  const value = point['asDouble'] ?? point['asInt'];
  return {
    attributes: attributes(point['attributes']),
    ...(value === undefined ? {} : { value: Number(value) }),
    ...(point['count'] === undefined ? {} : { count: Number(point['count']) }),
    exemplars: list(point['exemplars']),
  };
}

function readLogs(request: Node): OtlpLogRecord[] {
  return list(request['resourceLogs']).flatMap((group) =>
    list(group['scopeLogs']).flatMap((scoped) =>
      list(scoped['logRecords']).map((record) => ({
        eventName: text(record['eventName']),
        severityNumber: Number(record['severityNumber'] ?? 0),
        body: record['body'] === undefined ? undefined : anyValue(node(record['body'])),
        traceId: text(record['traceId']),
        attributes: attributes(record['attributes']),
        resource: attributes(node(group['resource'])['attributes']),
      })),
    ),
  );
}

const node = (value: unknown): Node => (value ?? {}) as Node;
const list = (value: unknown): readonly Node[] => (value ?? []) as readonly Node[];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function attributes(value: unknown): Attributes {
  return Object.fromEntries(
    list(value).map((entry) => [text(entry['key']), anyValue(node(entry['value']))]),
  );
}

function anyValue(value: Node): unknown {
  const [kind, inner] = Object.entries(value)[0] ?? [];
  if (kind === 'arrayValue') return list(node(inner)['values']).map(anyValue);
  return kind === 'intValue' ? Number(inner) : inner;
}
