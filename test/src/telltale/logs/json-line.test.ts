import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { jsonLine, LINE_LENGTH_MAX, levelOf } from '../../../../src/telltale/src/logs/json-line.ts';
import { plainValue } from '../../../../src/telltale/src/masking/plain-value.ts';

const RESOURCE = resourceFromAttributes({
  'service.name': 'scoring',
  'service.version': '1.4.0',
  'service.instance.id': 'i-1',
});

function record(parts: Partial<Record<keyof ReadableLogRecord, unknown>>): ReadableLogRecord {
  return {
    hrTime: [1_795_000_000, 123_900_000],
    hrTimeObserved: [1_795_000_000, 123_900_000],
    resource: RESOURCE,
    instrumentationScope: { name: 'test' },
    attributes: {},
    droppedAttributesCount: 0,
    ...parts,
  } as unknown as ReadableLogRecord;
}

describe('jsonLine()', () => {
  test('writes keys in their fixed order', () => {
    const line = jsonLine(
      record({
        severityNumber: 9,
        eventName: 'ml.prediction',
        body: 'fraud 0.93',
        spanContext: {
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
          traceFlags: 1,
        },
        attributes: {
          'ml.prediction.confidence': 0.93,
          'telltale.event.type': 'PREDICTION',
          'ml.model.name': 'fraud',
        },
      }),
    );
    expect(line).toBe(
      '{"timestamp":"2026-11-18T11:06:40.123Z","level":"info","severity_number":9,' +
        '"type":"PREDICTION","event.name":"ml.prediction","message":"fraud 0.93",' +
        '"service.name":"scoring","service.version":"1.4.0","service.instance.id":"i-1",' +
        '"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331",' +
        '"trace_flags":"01","ml.prediction.confidence":0.93,"ml.model.name":"fraud"}',
    );
  });

  test('knows the type of its own events and none of a plain log', () => {
    const slow = JSON.parse(jsonLine(record({ eventName: 'ml.inference.slow' }))) as object;
    const plain = JSON.parse(jsonLine(record({ body: 'hello' }))) as object;
    expect(slow).toMatchObject({ type: 'PERFORMANCE', message: 'ml.inference.slow' });
    expect(plain).not.toHaveProperty('type');
  });

  test('an attribute cannot replace a field of the line', () => {
    const line = jsonLine(
      record({ body: 'x', attributes: { timestamp: 'never', level: 'fatal' } }),
    );
    expect(JSON.parse(line)).toMatchObject({
      timestamp: '2026-11-18T11:06:40.123Z',
      level: 'info',
    });
  });

  test('masks secrets at any depth and in any case', () => {
    const line = jsonLine(
      record({
        attributes: {
          'http.request.header.Authorization': 'Bearer s3cret',
          password: 's3cret',
          nested: { Token: 's3cret', list: [{ 'Set-Cookie': 's3cret' }] },
        },
      }),
    );
    expect(line).not.toContain('s3cret');
    expect(line.match(/\[redacted\]/gu)).toHaveLength(4);
  });

  test('a record beyond the limit keeps its head and says so', () => {
    const line = jsonLine(
      record({ eventName: 'ml.prediction', body: 'b', attributes: { big: 'x'.repeat(100_000) } }),
    );
    expect(line.length).toBeLessThan(LINE_LENGTH_MAX);
    expect(JSON.parse(line)).toMatchObject({ 'event.name': 'ml.prediction', truncated: true });
  });

  test('is always one line of JSON', () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.string(), fc.anything()), (body, attributes) => {
        const line = jsonLine(record({ body, attributes }));
        JSON.parse(line);
        return !line.includes('\n');
      }),
    );
  });
});

describe('plainValue()', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const hostile = {
    get thrower(): never {
      throw new Error('no');
    },
  };
  const deep = JSON.parse('{"a":'.repeat(20) + '1' + '}'.repeat(20)) as unknown;

  test.for<readonly [string, unknown, unknown]>([
    ['a BigInt', 12n, '12'],
    ['NaN', Number.NaN, 'NaN'],
    ['a circle', circular, { self: '[circular]' }],
    ['a getter that throws', hostile, { thrower: '[unreadable]' }],
    ['an error', new TypeError('bad'), 'TypeError: bad'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), '[unreadable]'],
    ['bytes', new Uint8Array(5), '[5 bytes]'],
    ['a function', () => 1, '[function]'],
    ['depth', deep, { a: { a: { a: { a: { a: { a: '[deep]' } } } } } }],
    ['a list', Array.from({ length: 500 }, () => 1), Array.from({ length: 200 }, () => 1)],
  ])('%s', ([, value, expected]) => {
    expect(plainValue(value)).toEqual(expected);
  });
});

test.for([
  [1, 'trace'],
  [5, 'debug'],
  [9, 'info'],
  [12, 'info'],
  [13, 'warn'],
  [17, 'error'],
  [24, 'fatal'],
  [0, 'info'],
] as const)('levelOf(%i) is %s', ([severity, level]) => {
  expect(levelOf(severity)).toBe(level);
});
