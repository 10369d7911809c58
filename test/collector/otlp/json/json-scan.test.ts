import fc from 'fast-check';
import { expect, test } from 'vitest';

import { scanJson } from '../../../../collector/src/otlp/json/json-scan.ts';
import {
  LOGS_REQUEST,
  METRICS_REQUEST,
  TRACES_REQUEST,
} from '../../../../collector/src/otlp/json/json-schema.ts';
import { transcodeJson } from '../../../../collector/src/otlp/json/json-to-protobuf.ts';
import { metricsRequest } from '../../../support/otlp/metrics-arbitrary.ts';
import { toOtlpJson } from '../../../support/otlp/otlp-json.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function transcoded(bytes: Uint8Array): Uint8Array | string {
  try {
    return transcodeJson('metrics', bytes);
  } catch (error) {
    return String(error);
  }
}

/** A request with one point that has these fields, as JSON. */
function pointText(fields: string): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{${fields}}]}}]}]}]}`;
}

test('scanJson() gives the bytes of the transcoder, or leaves the request to it', () => {
  let scannedCount = 0;
  fc.assert(
    fc.property(metricsRequest, fc.constantFrom(undefined, 1, '\t'), (message, indent) => {
      const bytes = bytesOf(JSON.stringify(toOtlpJson(message), null, indent));
      const scanned = scanJson(METRICS_REQUEST, bytes);
      if (scanned !== undefined) scannedCount += 1;
      expect(scanned ?? transcoded(bytes)).toEqual(transcoded(bytes));
    }),
    { numRuns: 500 },
  );
  expect(scannedCount).toBeGreaterThan(100);
});

test('scanJson() takes no text that the transcoder refuses, and none otherwise than it', () => {
  const start = pointText(
    '"attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"b","value":{"intValue":"5"}}],' +
      '"timeUnixNano":"1790000000123456789","asDouble":-12.5e1,"flags":1,"exemplars":[]',
  );
  const pieces = fc.constantFrom(
    ...'{ } [ ] " , : 0 1 9 . - + e E t f n \\ x \u0001 \u00e9'.split(' '),
    ' ',
    '""',
    'null',
    'true',
    '00',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(start.length), fc.nat(3), pieces), { minLength: 1, maxLength: 2 }),
      (changes) => {
        let text = start;
        for (const [at, length, piece] of changes) {
          text = text.slice(0, at) + piece + text.slice(at + length);
        }
        const bytes = bytesOf(text);
        const scanned = scanJson(METRICS_REQUEST, bytes);
        expect(scanned ?? transcoded(bytes)).toEqual(transcoded(bytes));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('scanJson() reads every number as the parser does', () => {
  const digits = fc.stringMatching(
    /^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][-+]?[0-9]{1,2})?$/u,
  );
  const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
  fc.assert(
    fc.property(digits, nanos, fc.boolean(), (number, nano, isQuoted) => {
      const time = isQuoted ? `"${nano}"` : nano;
      const bytes = bytesOf(pointText(`"asDouble":${number},"timeUnixNano":${time}`));
      const expected = transcoded(bytes);
      const scanned = scanJson(METRICS_REQUEST, bytes);
      expect(scanned ?? 'refused').toEqual(typeof expected === 'string' ? 'refused' : expected);
    }),
    { numRuns: 3_000 },
  );
});

test.for([
  ['a number as text', '"asInt":"-7","startTimeUnixNano":"0"'],
  ['names in snake_case', '"time_unix_nano":"1790000000000000000","as_double":0.1'],
  ['no number', '"asDouble":"NaN"'],
  ['zeros in front, in a text', '"timeUnixNano":"0001790000000000000"'],
  ['the largest time', '"timeUnixNano":"18446744073709551615"'],
  ['a long text', `"attributes":[{"key":"${'k'.repeat(300)}","value":{"boolValue":false}}]`],
  ['space', ' "asDouble" :\r\n\t1 , "attributes" : [ ] '],
] as const)('scanJson() takes %s', ([, fields]) => {
  const bytes = bytesOf(pointText(fields));
  expect(scanJson(METRICS_REQUEST, bytes)).toEqual(transcodeJson('metrics', bytes));
});

test.for([
  ['an escape', '"attributes":[{"key":"\\u0061","value":{}}]'],
  ['a letter beyond ASCII', '"attributes":[{"key":"\u00e9","value":{}}]'],
  ['a name twice', '"asDouble":1,"asDouble":2'],
  ['a name that is not known', '"future":{"a":[1]}'],
  ['null', '"flags":null'],
  ['a zero in front', '"asDouble":01'],
  ['what follows the request', '}]}}]}]}]} {"x":[{"y":[{"z":[{"u":{"v":[{'],
] as const)('scanJson() leaves %s to the transcoder', ([, fields]) => {
  expect(scanJson(METRICS_REQUEST, bytesOf(pointText(fields)))).toBeUndefined();
});

test('scanJson() reads logs and spans', () => {
  const ids = '"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"';
  const logs = bytesOf(
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${ids},"severityNumber":"SEVERITY_NUMBER_WARN","body":{"stringValue":"x"}}]}]}]}`,
  );
  const spans = bytesOf(
    `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids},"kind":2,"name":"s","status":{"code":"STATUS_CODE_ERROR"}}]}]}]}`,
  );
  expect(scanJson(LOGS_REQUEST, logs)).toEqual(transcodeJson('logs', logs));
  expect(scanJson(TRACES_REQUEST, spans)).toEqual(transcodeJson('traces', spans));
});
