import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isOtlpError } from '../../../collector/src/otlp/otlp-error.ts';
import { readMetrics } from '../../../collector/src/otlp/read/read-metrics.ts';
import { plainBatch } from '../../support/otlp/batch-plain.ts';
import { metricsRequest } from '../../support/otlp/metrics-arbitrary.ts';
import { oracleMetrics } from '../../support/otlp/oracle-plain.ts';
import { encodeOtlp } from '../../support/otlp/otlp-proto.ts';
import { METRICS_SHAPE, shuffleWire } from '../../support/otlp/wire-shuffle.ts';

const REQUEST = 'ExportMetricsServiceRequest';

/** What our reader makes of bytes; `undefined` when it refuses them with its own error. */
function readPlain(bytes: Uint8Array): unknown {
  try {
    return plainBatch(readMetrics(bytes));
  } catch (error) {
    if (isOtlpError(error)) return undefined;
    throw error;
  }
}

function oraclePlain(bytes: Uint8Array): unknown {
  try {
    return oracleMetrics(bytes);
  } catch {
    return undefined;
  }
}

/** A small generator of numbers for shuffles, so that a failing case can be run again. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('readMetrics() against the protobuf library', () => {
  test('reads every generated request as the library does', () => {
    fc.assert(
      fc.property(metricsRequest, (message) => {
        const bytes = encodeOtlp(REQUEST, message);
        expect(readPlain(bytes)).toEqual(oracleMetrics(bytes));
        return true;
      }),
      { numRuns: 400 },
    );
  });

  test('does not depend on field order, packing, padded varints or unknown fields', () => {
    fc.assert(
      fc.property(metricsRequest, fc.integer(), (message, seed) => {
        const bytes = encodeOtlp(REQUEST, message);
        const shuffled = shuffleWire(bytes, METRICS_SHAPE, seededRandom(seed));
        const expected = oracleMetrics(shuffled);
        expect(readPlain(shuffled)).toEqual(expected);
        return true;
      }),
      { numRuns: 400 },
    );
  });

  test('answers truncated requests with a value or its own error, never another', () => {
    fc.assert(
      fc.property(metricsRequest, (message) => {
        const bytes = encodeOtlp(REQUEST, message);
        for (let length = 0; length < bytes.length; length += 1)
          readPlain(bytes.subarray(0, length));
        return true;
      }),
      { numRuns: 40 },
    );
  });

  test('refuses every truncation that the library refuses', () => {
    fc.assert(
      fc.property(metricsRequest, (message) => {
        const bytes = encodeOtlp(REQUEST, message);
        for (let length = 0; length < bytes.length; length += 1) {
          const part = bytes.subarray(0, length);
          if (oraclePlain(part) === undefined && readPlain(part) !== undefined) return false;
        }
        return true;
      }),
      { numRuns: 20 },
    );
  });

  test('survives flipped bytes', () => {
    fc.assert(
      fc.property(metricsRequest, fc.array(fc.nat(), { maxLength: 8 }), (message, flips) => {
        const bytes = encodeOtlp(REQUEST, message);
        for (const flip of flips) {
          if (bytes.length > 0) bytes[flip % bytes.length] = (flip * 31) & 255;
        }
        readPlain(bytes);
        return true;
      }),
      { numRuns: 500 },
    );
  });

  test('survives random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readPlain(bytes);
        return true;
      }),
      { numRuns: 2000 },
    );
  });
});

/** The smallest encodings: a tag, a length, and what is inside. */
function field(tag: number, ...content: (number | Uint8Array)[]): Uint8Array {
  const inner = content.flatMap((part) => (typeof part === 'number' ? [part] : [...part]));
  return Uint8Array.from([tag, inner.length, ...inner]);
}

describe('readMetrics()', () => {
  test('keeps the last of two kinds of data and merges the same kind', () => {
    const point = field(0x0a, 0x21, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
    const gauge = field(0x2a, point);
    const sum = field(0x3a, point, 0x10, 2, 0x18, 1);
    const metric = field(0x12, gauge, sum, field(0x3a, point));
    const batch = readMetrics(field(0x0a, field(0x12, metric)));
    expect(plainBatch(batch)).toMatchObject([
      {
        scopes: [
          {
            metrics: [
              {
                kind: 'sum',
                temporality: 'cumulative',
                isMonotonic: true,
                points: [{ value: 1 }, { value: 1 }],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('merges a resource that comes in pieces with something between them', () => {
    const attribute = (key: string): Uint8Array =>
      field(0x0a, field(0x0a, 0x0a, 1, key.charCodeAt(0), 0x12, 3, 0x0a, 1, 0x78));
    const request = field(0x0a, attribute('a'), field(0x12), attribute('b'), attribute('c'));
    expect(plainBatch(readMetrics(request))).toMatchObject([
      {
        attributes: [
          ['a', 'x'],
          ['b', 'x'],
          ['c', 'x'],
        ],
      },
    ]);
  });

  test.for([
    ['a whole millisecond', 1_700_000_000_123_000_000n, 1_700_000_000_123],
    ['a nanosecond less', 1_700_000_000_122_999_999n, 1_700_000_000_122],
    ['the largest', 2n ** 64n - 1n, 18_446_744_073_709],
  ] as const)('rounds %s down to milliseconds', ([, nanoseconds, expected]) => {
    const bytes = encodeOtlp(REQUEST, {
      resourceMetrics: [
        {
          scopeMetrics: [
            { metrics: [{ gauge: { dataPoints: [{ timeUnixNano: String(nanoseconds) }] } }] },
          ],
        },
      ],
    });
    expect(readMetrics(bytes).points.timesMs[0]).toBe(expected);
  });

  test.for([
    ['a length beyond the end', [0x0a, 0x05, 0x12], 'field of 5 bytes with 1 left'],
    ['a varint without an end', [0x0a, 0x80], 'varint without an end'],
    ['field number 0', [0x02, 0x00], 'field number 0'],
    ['a group', [0x0b], 'wire type 3, which OTLP does not use'],
    ['a varint of 11 bytes', [0x10, ...Array<number>(11).fill(0x80)], 'varint of more than 10'],
    ['half a double', [0x11, 1, 2, 3], 'value of 8 bytes with 3 left'],
  ] as const)('refuses %s and says where', ([, bytes, message]) => {
    expect(() => readMetrics(Uint8Array.from(bytes))).toThrow(message);
  });

  const LIMITS = { itemsMax: 10, groupsMax: 10, numbersMax: 10, depthMax: 4 };
  const repeated = (part: Uint8Array, times: number): Uint8Array =>
    Uint8Array.from(
      Array<number[]>(times)
        .fill([...part])
        .flat(),
    );

  test.for([
    ['empty points', field(0x0a, field(0x12, field(0x12, field(0x2a, repeated(field(0x0a), 11)))))],
    ['empty resources', repeated(field(0x0a), 11)],
    [
      'bucket counts',
      field(
        0x0a,
        field(0x12, field(0x12, field(0x4a, field(0x0a, field(0x32, new Uint8Array(88)))))),
      ),
    ],
  ] as const)('refuses a bomb of %s', ([, bytes]) => {
    expect(() => readMetrics(bytes, LIMITS)).toThrow(
      'Cannot take an OTLP request with more than 10',
    );
  });

  test('puts the pieces of scattered attributes together', () => {
    const attribute = field(0x3a, field(0x0a, new Uint8Array(100)));
    const between = Uint8Array.from([0x40, 0]);
    const point = repeated(Uint8Array.from([...attribute, ...between]), 3);
    const batch = readMetrics(wrapPoint(point));
    expect(batch.joined.length).toBe(3 * attribute.length);
  });

  test('refuses pieces that would grow the request when put together', () => {
    const big = longField(0x0a, longField(0x0a, longField(0x0a, new Uint8Array(600_000))));
    const attribute = field(0x3a, field(0x0a, 1));
    const scattered = Uint8Array.from([...attribute, 0x40, 0, ...attribute]);
    const points = field(0x12, field(0x12, field(0x2a, field(0x0a, scattered))));
    const piece = Uint8Array.from([...points, ...field(0x0a, field(0x0a, field(0x0a, 1)))]);
    const request = longField(0x0a, Uint8Array.from([...big, ...repeated(piece, 3)]));
    expect(() => readMetrics(request)).toThrow('messages scattered over it in pieces');
  });
});

/** A request with one gauge point of these bytes. */
function wrapPoint(point: Uint8Array): Uint8Array {
  return [0x0a, 0x2a, 0x12, 0x12, 0x0a].reduce((inner, tag) => longField(tag, inner), point);
}

/** As `field`, with room for any length. */
function longField(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const prefix = [tag, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
  const bytes = new Uint8Array(prefix.length + length);
  bytes.set(prefix);
  bytes.set(content, prefix.length);
  return bytes;
}
