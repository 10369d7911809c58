import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { jsonToProtobuf } from '../../../../collector/src/otlp/json/json-to-protobuf.ts';
import { isOtlpError } from '../../../../collector/src/otlp/otlp-error.ts';
import { readLogs } from '../../../../collector/src/otlp/read/read-logs.ts';
import { readMetrics } from '../../../../collector/src/otlp/read/read-metrics.ts';
import { readSpans } from '../../../../collector/src/otlp/read/read-spans.ts';
import { plainBatch } from '../../../support/otlp/batch-plain.ts';
import { metricsRequest } from '../../../support/otlp/metrics-arbitrary.ts';
import { toOtlpJson } from '../../../support/otlp/otlp-json.ts';
import { encodeOtlp } from '../../../support/otlp/otlp-proto.ts';

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The same with the names that the messages have in their definition. */
function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`),
      toSnakeCase(inner),
    ]),
  );
}

function metricJson(metric: object): Uint8Array {
  return bytesOf({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
}

describe('jsonToProtobuf()', () => {
  test('takes names in snake_case, as some senders write them', () => {
    fc.assert(
      fc.property(metricsRequest, (message) => {
        const json = toOtlpJson(message);
        expect(jsonToProtobuf('metrics', bytesOf(toSnakeCase(json)))).toEqual(
          jsonToProtobuf('metrics', bytesOf(json)),
        );
      }),
    );
  });

  test('gives the reader the same request as protobuf does', () => {
    fc.assert(
      fc.property(metricsRequest, (message) => {
        const fromJson = jsonToProtobuf('metrics', bytesOf(toOtlpJson(message)));
        const direct = encodeOtlp('ExportMetricsServiceRequest', message);
        // JSON cannot say -0.
        const plain = (bytes: Uint8Array): string =>
          JSON.stringify(plainBatch(readMetrics(bytes)), (_key, value: unknown) =>
            typeof value === 'number' ? String(value) : value,
          ).replaceAll('"-0"', '"0"');
        expect(plain(fromJson)).toBe(plain(direct));
        return true;
      }),
      { numRuns: 300 },
    );
  });

  test('takes names of enumerations, numbers as strings and unknown keys', () => {
    const bytes = metricJson({
      name: 'm',
      future: { a: [1] },
      sum: {
        aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
        isMonotonic: true,
        dataPoints: [{ asInt: '-5', timeUnixNano: 1_700_000_000_000_000_000, flags: null }],
      },
    });
    expect(plainBatch(readMetrics(jsonToProtobuf('metrics', bytes)))).toMatchObject([
      {
        scopes: [
          {
            metrics: [
              {
                kind: 'sum',
                temporality: 'cumulative',
                isMonotonic: true,
                points: [{ value: -5, timeMs: 1_700_000_000_000, flags: 0 }],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('reads logs and spans', () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const spanId = 'b7ad6b7169203331';
    const attributes = [{ key: 'a', value: { intValue: '7' } }];
    const logs = jsonToProtobuf(
      'logs',
      bytesOf({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    severityNumber: 'SEVERITY_NUMBER_WARN',
                    body: { stringValue: 'x' },
                    traceId,
                    attributes,
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(readLogs(logs)).toMatchObject([
      { severityNumber: 13, body: 'x', traceId, spanId: '', attributes: new Map([['a', 7n]]) },
    ]);
    const spans = jsonToProtobuf(
      'traces',
      bytesOf({
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: [
                  {
                    traceId,
                    spanId,
                    name: 's',
                    kind: 'SPAN_KIND_CLIENT',
                    status: { code: 'STATUS_CODE_ERROR' },
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(readSpans(spans)).toMatchObject([{ traceId, spanId, name: 's', isError: true }]);
  });

  test('is empty for an empty request', () => {
    expect(jsonToProtobuf('metrics', bytesOf({}))).toHaveLength(0);
  });

  test.for([
    ['half a JSON', '{"resourceMetrics": [', 'Cannot read OTLP as JSON: the text ends too early'],
    ['no JSON', '{"a" 1}', 'Cannot read OTLP as JSON: unexpected character at position 5'],
    ['no object', [], 'Cannot read OTLP/JSON at the request: expected an object, got a list'],
    [
      'a list that is none',
      { resourceMetrics: 'x' },
      'Cannot read OTLP/JSON at resourceMetrics: expected a list, got a string',
    ],
    [
      'a number that is none',
      {
        resourceMetrics: [
          { scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{}, { asDouble: 'x' }] } }] }] },
        ],
      },
      'Cannot read OTLP/JSON at resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[1].asDouble: expected a number, got a string',
    ],
    [
      'a fraction where an integer stands',
      { resourceMetrics: [{ resource: { droppedAttributesCount: 1.5 } }] },
      'Cannot read OTLP/JSON at resourceMetrics[0].resource.droppedAttributesCount: expected an integer from 0 to 4294967295, got a number',
    ],
  ] as const)('refuses %s and says where', ([, value, message]) => {
    expect(() => jsonToProtobuf('metrics', bytesOf(value))).toThrow(message);
  });

  test('refuses attribute values that are nested too deeply', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 200; depth += 1) value = { arrayValue: { values: [value] } };
    const bytes = bytesOf({
      resourceMetrics: [{ resource: { attributes: [{ key: 'k', value }] } }],
    });
    expect(() => jsonToProtobuf('metrics', bytes)).toThrow('nested so deeply');
  });

  test('answers any text with a request or its own error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          readMetrics(jsonToProtobuf('metrics', bytesOf(text)));
        } catch (error) {
          return isOtlpError(error);
        }
        return true;
      }),
    );
  });
});
