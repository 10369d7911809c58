import { describe, expect, test } from 'vitest';

import { isOtlpError } from '../../../collector/src/otlp/otlp-error.ts';
import { readLogs } from '../../../collector/src/otlp/read/read-logs.ts';
import { encodeOtlp } from '../../support/otlp/otlp-proto.ts';

const TRACE_ID = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
const SPAN_ID = Buffer.from('b7ad6b7169203331', 'hex');

const REQUEST = encodeOtlp('ExportLogsServiceRequest', {
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] },
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: '1700000000123000000',
              observedTimeUnixNano: '1700000000456000000',
              severityNumber: 17,
              severityText: 'ERROR',
              eventName: 'ml.drift',
              body: { kvlistValue: { values: [{ key: 'psi', value: { doubleValue: 0.4 } }] } },
              attributes: [{ key: 'feature', value: { stringValue: 'url_length' } }],
              traceId: TRACE_ID,
              spanId: SPAN_ID,
              flags: 1,
            },
            {},
          ],
        },
      ],
    },
  ],
});

const RESOURCE = { attributes: new Map([['service.name', 'app']]) };

describe('readLogs()', () => {
  test('reads every field and what is absent', () => {
    expect(readLogs(REQUEST)).toEqual([
      {
        resource: RESOURCE,
        timeMs: 1_700_000_000_123,
        observedTimeMs: 1_700_000_000_456,
        severityNumber: 17,
        severityText: 'ERROR',
        eventName: 'ml.drift',
        body: new Map([['psi', 0.4]]),
        attributes: new Map([['feature', 'url_length']]),
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      },
      {
        resource: RESOURCE,
        timeMs: 0,
        observedTimeMs: 0,
        severityNumber: 0,
        severityText: '',
        eventName: '',
        body: undefined,
        attributes: new Map(),
        traceId: '',
        spanId: '',
      },
    ]);
  });

  test('answers every truncation with records or its own error', () => {
    const outcomes = Array.from({ length: REQUEST.length }, (_, length) => {
      try {
        return readLogs(REQUEST.subarray(0, length)).length >= 0;
      } catch (error) {
        return isOtlpError(error);
      }
    });
    expect(outcomes).not.toContain(false);
  });

  test('refuses more records than the limit', () => {
    const limits = { itemsMax: 1, groupsMax: 10, numbersMax: 10, depthMax: 10 };
    expect(() => readLogs(REQUEST, limits)).toThrow('more than 1 log records or spans');
  });
});
