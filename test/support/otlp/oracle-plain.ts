import type protobuf from 'protobufjs';

import { type AnyValue, anyValueText } from '../../../collector/src/otlp/read/any-value.ts';
import { otlpType } from './otlp-proto.ts';

type Plain = Record<string, unknown>;

/** The same request as `plainBatch`, read by the protobuf library. Throws where the library does. */
export function oracleMetrics(bytes: Uint8Array): unknown {
  const type = otlpType('ExportMetricsServiceRequest');
  const message = decode(type, bytes);
  return list(message['resourceMetrics']).map((resource) => ({
    attributes: attributes(record(resource['resource'])['attributes']),
    scopes: list(resource['scopeMetrics']).map((scope) => ({
      scope: {
        name: text(record(scope['scope'])['name']),
        version: text(record(scope['scope'])['version']),
        attributes: attributes(record(scope['scope'])['attributes']),
      },
      schemaUrl: text(scope['schemaUrl']),
      metrics: list(scope['metrics']).map(oracleMetric),
    })),
  }));
}

function decode(type: protobuf.Type, bytes: Uint8Array): Plain {
  return type.toObject(type.decode(bytes), { longs: BigInt, defaults: false }) as Plain;
}

const DATA: readonly (readonly [key: string, kind: string])[] = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
];

function oracleMetric(metric: Plain): unknown {
  const [key, kind] = DATA.find(([name]) => metric[name] !== undefined) ?? ['', 'none'];
  const data = record(metric[key]);
  const temporality = ['unspecified', 'delta', 'cumulative'][
    Number(data['aggregationTemporality'] ?? 0)
  ];
  return {
    name: text(metric['name']),
    unit: text(metric['unit']),
    description: text(metric['description']),
    kind,
    temporality: temporality ?? 'unspecified',
    isMonotonic: data['isMonotonic'] === true,
    points: list(data['dataPoints']).map((point) => oraclePoint(point, kind)),
  };
}

function oraclePoint(point: Plain, kind: string): unknown {
  const isSummed = kind === 'summary' || point['sum'] !== undefined;
  const isNumber = kind === 'gauge' || kind === 'sum';
  const hasSum = !isNumber && isSummed ? 2 : 0;
  return {
    attributes: attributes(point['attributes']),
    timeMs: milliseconds(point['timeUnixNano']),
    startTimeMs: milliseconds(point['startTimeUnixNano']),
    value: isNumber ? number(point['asDouble'] ?? point['asInt']) : number(point['sum']),
    flags: (Number(point['flags'] ?? 0) & 1) | hasSum,
    exemplars: list(point['exemplars']).map((exemplar) => ({
      timeMs: milliseconds(exemplar['timeUnixNano']),
      value: number(exemplar['asDouble'] ?? exemplar['asInt']),
      traceId: hex(exemplar['traceId']),
      spanId: hex(exemplar['spanId']),
      attributes: attributes(exemplar['filteredAttributes']),
    })),
    ...oracleDetail(point, kind),
  };
}

function oracleDetail(point: Plain, kind: string): object {
  const numbers = (value: unknown): number[] => ((value ?? []) as unknown[]).map(number);
  const side = (value: unknown): object => ({
    offset: number(record(value)['offset']),
    counts: numbers(record(value)['bucketCounts']),
  });
  if (kind === 'histogram') {
    return {
      count: number(point['count']),
      counts: numbers(point['bucketCounts']),
      bounds: numbers(point['explicitBounds']),
    };
  }
  if (kind === 'exponential_histogram') {
    return {
      count: number(point['count']),
      scale: number(point['scale']),
      zeroCount: number(point['zeroCount']),
      zeroThreshold: number(point['zeroThreshold']),
      positive: side(point['positive']),
      negative: side(point['negative']),
    };
  }
  if (kind !== 'summary') return {};
  const pairs = list(point['quantileValues']).flatMap((pair) => [
    number(pair['quantile']),
    number(pair['value']),
  ]);
  return { count: number(point['count']), quantiles: pairs };
}

function attributes(value: unknown): [string, string][] {
  return list(value).map((pair) => [text(pair['key']), anyValueText(anyValue(pair['value']))]);
}

function anyValue(value: unknown): AnyValue {
  const fields = record(value);
  if (fields['arrayValue'] !== undefined) {
    return list(record(fields['arrayValue'])['values']).map(anyValue);
  }
  if (fields['kvlistValue'] !== undefined) {
    const pairs = list(record(fields['kvlistValue'])['values']);
    return new Map(pairs.map((pair) => [text(pair['key']), anyValue(pair['value'])]));
  }
  const scalar =
    fields['stringValue'] ?? fields['boolValue'] ?? fields['intValue'] ?? fields['doubleValue'];
  return (scalar ?? fields['bytesValue']) as AnyValue;
}

function milliseconds(value: unknown): number {
  return Number(((value ?? 0n) as bigint) / 1_000_000n);
}

function number(value: unknown): number {
  return Number((value ?? 0) as number | bigint);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function hex(value: unknown): string {
  const bytes = Buffer.from((value ?? new Uint8Array(0)) as Uint8Array);
  return bytes.every((byte) => byte === 0) ? '' : bytes.toString('hex');
}

function record(value: unknown): Plain {
  return (value ?? {}) as Plain;
}

function list(value: unknown): Plain[] {
  return (value ?? []) as Plain[];
}
