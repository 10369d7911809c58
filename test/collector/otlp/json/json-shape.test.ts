import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { checkJsonShape } from '../../../../collector/src/otlp/json/json-shape.ts';
import { jsonToProtobuf } from '../../../../collector/src/otlp/json/json-to-protobuf.ts';

const LIMITS = { depthMax: 3, valuesMax: 10 };
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('checkJsonShape()', () => {
  test.for([
    '',
    '{"a":[[1]]}',
    '[1,2,3,4,5,6,7,8,9]',
    '{"a":",,,,,,,,,,,,,,[[[[[[["}',
    '{"a":"\\",,,,,,,,,,,,,,[[[[["}',
    '"never ends ,,,,,,,,,,,,,',
    ']]]]',
  ])('passes %s', (text) => {
    expect(() => checkJsonShape(bytes(text), LIMITS)).not.toThrow();
  });

  test.for([
    ['[[[[1]]]]', 'Cannot take OTLP/JSON nested so deeply: flatten it'],
    ['[1,2,3,4,5,6,7,8,9,10]', /with more than 10 values: send smaller requests$/u],
    ['[[],[],[],[],[],[]]', /with more than 10 values/u],
    ['"\\\\",[[[[', 'Cannot take OTLP/JSON nested so deeply: flatten it'],
  ] as const)('refuses %s', ([text, message]) => {
    expect(() => checkJsonShape(bytes(text), LIMITS)).toThrow(message);
  });
});

test('a small body that would become gigabytes is refused in less time than it takes to inflate', () => {
  const small = gzipSync(`{"resourceMetrics":[${'[],'.repeat(20_000_000)}[]]}`);
  expect(small.byteLength).toBeLessThan(70_000);
  const body = gunzipSync(small);
  expect(() => jsonToProtobuf('metrics', body)).toThrow(/more than 1000000 values/u);
});
